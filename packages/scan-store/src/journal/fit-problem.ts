import type { ItemProblem, ProviderFault } from '@capstan/shared/contract/problem'

/**
 * Cuts the texts of a problem to the bounds of the contract. A text that is too long must not make the
 * script refuse the outcome, and stored as it is it would make every later read of the scan fail.
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

/** The same for the failure of a call. */
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
