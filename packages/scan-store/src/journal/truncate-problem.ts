import type { ItemProblem, ProviderFault } from '@capstan/shared/contract/problem'

/**
 * Truncates the texts of a problem to the bounds of the contract. A longer text would make every later read of the scan
 * fail, and a bound in the script would lose the outcome.
 */
export function truncateProblem({
  reason,
  kind,
  title,
  detail,
  hint,
  retryable,
  until,
}: ItemProblem): ItemProblem {
  return {
    reason,
    ...(kind === undefined ? {} : { kind: kind.slice(0, 50) }),
    title: title.slice(0, 200),
    ...(detail === undefined ? {} : { detail: detail.slice(0, 1000) }),
    ...(hint === undefined ? {} : { hint: hint.slice(0, 400) }),
    retryable,
    ...(until === undefined ? {} : { until }),
  }
}

/** Truncates the texts of a failed call to the bounds of the contract. */
export function truncateFault({
  account,
  reason,
  kind,
  title,
  hint,
  at,
}: ProviderFault): ProviderFault {
  return {
    account,
    reason,
    ...(kind === undefined ? {} : { kind: kind.slice(0, 50) }),
    title: title.slice(0, 200),
    ...(hint === undefined ? {} : { hint: hint.slice(0, 400) }),
    at,
  }
}
