import type { Selection, UnmatchedPattern } from '@capstan/cluster/select-types'
import { listSome } from '@capstan/shared/text/list-some'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

/**
 * Describes surprising matches of accepted patterns as plain sentences. Returns at most 50 sentences and a count of the
 * others.
 */
export function describeSelection(selection: Selection): string[] {
  const { unmatched, ambiguous, unmatchedExcludes } = selection
  return capWarnings([
    ...unmatched.map((one) => `The include ${describeUnmatched(one)}.`),
    ...ambiguous.map(
      ({ pattern, resources }) =>
        `The include ${quotePattern(pattern)} matches ${resources.length} types, and the scan includes all of them: ` +
        `${listSome(resources)}. Use plural.group to scan only one of them.`,
    ),
    ...unmatchedExcludes.map((one) => `The exclude ${describeUnmatched(one)}.`),
  ])
}

/** Example: `deplyoments` matches no type; near names: deployments.apps */
export function describeUnmatched({ pattern, near }: UnmatchedPattern): string {
  const names = near.length === 0 ? '' : `; near names: ${near.join(', ')}`
  return `${quotePattern(pattern)} matches no type${names}`
}

/** Quotes a pattern in backticks, without hidden characters. */
export function quotePattern(pattern: string): string {
  return `\`${toPlainText(pattern, 253)}\``
}

const MAX_WARNINGS = 50

/** Returns the first 50 warnings and one sentence with the number of the others. */
export function capWarnings(warnings: readonly string[]): string[] {
  const more = warnings.length - MAX_WARNINGS
  return more > 0
    ? [...warnings.slice(0, MAX_WARNINGS), `${more} more warnings of this kind are not shown.`]
    : [...warnings]
}
