import type { Selection, UnmatchedPattern } from '@capstan/cluster/select-types'
import { listSome } from '@capstan/shared/text/list-some'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { capWarnings } from '../scans/cap-warnings.ts'

/** What a caller should know about patterns that were accepted, as plain sentences; at most 50, and how many more. */
export function describeSelection(selection: Selection): string[] {
  const { unmatched, ambiguous, unmatchedExcludes } = selection
  return capWarnings([
    ...unmatched.map((one) => `The include ${describeUnmatched(one)}.`),
    ...ambiguous.map(
      ({ pattern, resources }) =>
        `The include ${quotePattern(pattern)} matches ${resources.length} types, and all of them are scanned: ` +
        `${listSome(resources)}. Write one as plural.group to scan only that one.`,
    ),
    ...unmatchedExcludes.map((one) => `The exclude ${describeUnmatched(one)}.`),
  ])
}

/** `deplyoments` matches no type; near names: deployments.apps */
export function describeUnmatched({ pattern, near }: UnmatchedPattern): string {
  const names = near.length === 0 ? '' : `; near names: ${near.join(', ')}`
  return `${quotePattern(pattern)} matches no type${names}`
}

/** Between backticks, without hidden characters. */
export function quotePattern(pattern: string): string {
  return `\`${toPlainText(pattern, 253)}\``
}
