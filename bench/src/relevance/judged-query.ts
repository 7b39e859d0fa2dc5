import { readFileSync } from 'node:fs'
import { z } from 'zod'

const HALVES = ['tuning', 'held-out'] as const
export type Half = (typeof HALVES)[number]

/** A search query with the types that a platform engineer expects. */
export const JudgedQuery = z.strictObject({
  query: z.string().min(1),
  /** Wording of the query. `negative`: it asks for something that no type offers. */
  kind: z.enum(['name', 'task', 'paraphrase', 'synonym', 'provider', 'typo', 'negative']),
  /** The search is tuned only on one half; the reported figures are those of the other half. */
  half: z.enum(HALVES),
  /** Resource types that answer the query; empty for a negative. */
  best: z.array(z.string()),
  /** Resource types that are useful, but not an answer. */
  also: z.array(z.string()),
})
export type JudgedQuery = z.infer<typeof JudgedQuery>

/** The judged queries in their original order. */
export function loadJudgedQueries(): JudgedQuery[] {
  const file = new URL('../../data/relevance/queries.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JudgedQuery.parse(JSON.parse(line)))
}
