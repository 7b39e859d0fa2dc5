import { readFileSync } from 'node:fs'
import { z } from 'zod'

const HALVES = ['tuning', 'held-out'] as const
export type Half = (typeof HALVES)[number]

/** A query, and the types that a platform engineer would want to see. */
export const JudgedQuery = z.strictObject({
  query: z.string().min(1),
  /** How the query is worded: name, other words, typing errors, or something that does not exist. */
  kind: z.enum(['name', 'task', 'paraphrase', 'synonym', 'provider', 'typo', 'negative']),
  /** The search is tuned only on one half; the reported figures are those of the other half. */
  half: z.enum(HALVES),
  /** Any of these answers the query; empty for a negative. */
  best: z.array(z.string()),
  /** Useful in addition, but not an answer. */
  also: z.array(z.string()),
})
export type JudgedQuery = z.infer<typeof JudgedQuery>

/** The judged queries in their original order. */
export function loadJudgedQueries(): JudgedQuery[] {
  const file = new URL('../../data/relevance/queries.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JudgedQuery.parse(JSON.parse(line)))
}
