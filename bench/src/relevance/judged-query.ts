import { readFileSync } from 'node:fs'
import { z } from 'zod'

const HALVES = ['tuning', 'held-out'] as const
export type Half = (typeof HALVES)[number]

/** What somebody types, and which types a platform engineer would want to see for it. */
export const JudgedQuery = z.strictObject({
  query: z.string().min(1),
  /** How it is asked: by name, by other words, with typing errors, or for something that is not there. */
  kind: z.enum(['name', 'task', 'paraphrase', 'synonym', 'provider', 'typo', 'negative']),
  /** Who tunes the search looks at one half alone; the figures that count are those of the other one. */
  half: z.enum(HALVES),
  /** Any of these answers the query; empty for a negative. */
  best: z.array(z.string()),
  /** Useful beside the best, and no answer alone. */
  also: z.array(z.string()),
})
export type JudgedQuery = z.infer<typeof JudgedQuery>

/** The judged queries, in the order they were written. */
export function loadJudgedQueries(): JudgedQuery[] {
  const file = new URL('../../data/relevance/queries.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JudgedQuery.parse(JSON.parse(line)))
}
