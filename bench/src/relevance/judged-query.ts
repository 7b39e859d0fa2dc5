import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const HALVES = ['tuning', 'held-out'] as const

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

/** Recorded clusters with queries of their own, by their approximate number of types. */
export const CLUSTER_SIZES = ['350', '1600'] as const
export type ClusterSize = (typeof CLUSTER_SIZES)[number]

const ImpossibleQuestion = z.strictObject({
  query: z.string().min(1),
  half: z.enum(HALVES),
  /** The cluster that has no answer. */
  catalog: z.enum([...CLUSTER_SIZES, 'both']),
})

/** Queries for the hand-written rows, in their original order. */
export function loadJudgedQueries(): JudgedQuery[] {
  return readLines('queries').map((line) => JudgedQuery.parse(line))
}

/** Queries for a recorded cluster, and questions that it does not answer. */
export function loadClusterQueries(size: ClusterSize): JudgedQuery[] {
  const impossible = readLines('impossible')
    .map((line) => ImpossibleQuestion.parse(line))
    .filter(({ catalog }) => catalog === size || catalog === 'both')
  return [
    ...readLines(`cluster-${size}`).map((line) => JudgedQuery.parse(line)),
    ...impossible.map(({ query, half }): JudgedQuery => ({
      query,
      half,
      kind: 'negative',
      best: [],
      also: [],
    })),
  ]
}

function readLines(name: string): unknown[] {
  const file = new URL(`../../data/relevance/${name}.jsonl`, import.meta.url)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line): unknown => JSON.parse(line))
}
