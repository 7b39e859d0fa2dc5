import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { Capability } from '@capstan/shared/contract/capability'
import type { CapabilityHit } from '../catalog.ts'
import { findMatchedFields } from '../find-matched-fields.ts'
import type { Lexicon } from '../lexicon.ts'
import { measureMatch } from './match-features.ts'
import type { MatchQuery } from './match-query.ts'
import { readMatchRow } from './match-row.ts'
import { classifyScore, computeMatchScore } from './match-score.ts'

/** Rows that are scored at least, so that a strong match is found behind weak ones. */
const MIN_SCORED = 20

export interface HitOptions {
  limit: number
  /** Hits with a lower score are left out. Default 0. */
  minScore?: number | undefined
}

/**
 * Scores the first rows of a ranking. Strong matches come first, and both parts keep the order of the ranking. Works in
 * time slices of 5 ms: a dot-ai client can request a thousand rows.
 */
export async function scoreMatches(
  ranked: Capability[],
  query: MatchQuery,
  lexicon: Lexicon,
  { limit, minScore = 0 }: HitOptions,
): Promise<CapabilityHit[]> {
  const hits: CapabilityHit[] = []
  const slice = startTimeSlice()
  for (const row of ranked.slice(0, Math.max(limit, MIN_SCORED))) {
    if (slice.isOver) await slice.next()
    hits.push(buildHit(row, query, lexicon))
  }
  const { strong = [], weak = [] } = Object.groupBy(hits, ({ strength }) => strength)
  return [...strong, ...weak].filter(({ score }) => score >= minScore).slice(0, limit)
}

function buildHit(capability: Capability, query: MatchQuery, lexicon: Lexicon): CapabilityHit {
  const score = computeMatchScore(measureMatch(readMatchRow(capability, lexicon), query))
  const stems = query.words.map(({ stem }) => stem)
  const matched = findMatchedFields(capability, stems, lexicon)
  return { capability, score, strength: classifyScore(score), matched }
}

/** Why the hits may disappoint; null if there is a strong match, or nothing at all. */
export function describeStrength(hits: CapabilityHit[]): string | null {
  if (hits.length === 0 || hits.some(({ strength }) => strength === 'strong')) return null
  return NOTHING_STRONG
}

const NOTHING_STRONG =
  'Nothing in the catalog matches this well; the types below share words with it.'
