import { splitCamelCase } from './tokenize.ts'
import type { Stemmer } from './stemmer.ts'

/** Words of the longest kind that is looked up as a whole name. */
const LONGEST = 4

/** A run of query words that may be the whole name of a kind. */
export interface NameCandidate {
  name: string
  /** Square of its share of the query words: in a long query, such a run is likely a coincidence. */
  share: number
}

/** The stemmed words of a kind as one name: `job` is the name of a Job, and only a part of the name of a CronJob. */
export function normalizeKind(kind: string, stemmer: Stemmer): string {
  return stemmer.stemText(splitCamelCase(kind).join(' ')).join(' ')
}

/** Every run of up to four query stems. */
export function findNameCandidates(stems: string[]): NameCandidate[] {
  return stems.flatMap((_, start) =>
    Array.from({ length: Math.min(LONGEST, stems.length - start) }, (_unused, more) => ({
      name: stems.slice(start, start + more + 1).join(' '),
      share: ((more + 1) / stems.length) ** 2,
    })),
  )
}
