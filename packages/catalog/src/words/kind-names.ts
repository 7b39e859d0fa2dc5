import { splitCamelCase } from './tokenize.ts'
import { stemText } from './stem.ts'

/** Words of the longest kind that is looked for as a whole. */
const LONGEST = 4

/** A run of words that may be the whole name of a kind. */
export interface NameCandidate {
  name: string
  /** How surely it is meant: the square of its share of the words, for in a long query it stands there by chance. */
  share: number
}

/** The words of a kind as one: `job` is the name of a Job, and only a part of that of a CronJob. */
export function normalizeKind(kind: string): string {
  return stemText(splitCamelCase(kind).join(' ')).join(' ')
}

/** What of the stems of a query may be such a name. */
export function findNameCandidates(stems: string[]): NameCandidate[] {
  return stems.flatMap((_, start) =>
    Array.from({ length: Math.min(LONGEST, stems.length - start) }, (_, more) => ({
      name: stems.slice(start, start + more + 1).join(' '),
      share: ((more + 1) / stems.length) ** 2,
    })),
  )
}
