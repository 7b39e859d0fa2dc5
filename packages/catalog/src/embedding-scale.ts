import type { Embedder } from '@capstan/shared/embeddings/embedder'

/**
 * Cosines of an embedding model for texts that have nothing to do with each other, and for a question and its answer.
 * Models differ: unrelated texts have 0.06 with all-MiniLM-L6-v2 and 0.8 with e5-small.
 */
export interface EmbeddingScale {
  unrelated: number
  related: number
}

/** Below it, a row has nothing to do with the query. */
export const MIN_RELATEDNESS = 0.3

/** Texts as those of rows, each with a question that it answers. */
const PROBES: [row: string, question: string][] = [
  ['Certificate: TLS certificates for domains, automatic renewal', 'https for my web site'],
  ['Backup: copies of volumes and objects, restore after a loss', 'save everything each night'],
  ['Topic: named stream of messages in a broker', 'publish events to several consumers'],
  ['Quota: limits on processor and memory of a team', 'no team may use more than ten cores'],
  ['Database: PostgreSQL server with replicas and failover', 'relational storage for orders'],
  ['Alert rule: condition on metrics that notifies people', 'tell me when errors increase'],
  ['Role: permissions for users and groups', 'let a colleague read logs'],
  ['Pipeline: steps that build and test source code', 'compile the application after a commit'],
]
/**
 * A model that separates the probes less is no model of meaning; then these are used. A share of the cosines above those of
 * unrelated texts: nine tenths of those of e5-small are between 0.75 and 0.82.
 */
const MIN_DIFFERENCE = 0.05
const USUAL: EmbeddingScale = { unrelated: 0, related: 0.6 }

/** Embeds the probes, in one call. */
export async function measureEmbeddingScale(
  embedder: Embedder,
  signal: AbortSignal,
): Promise<EmbeddingScale> {
  const vectors = await embedder.embed(PROBES.flat(), signal)
  const rows = vectors.filter((_, at) => at % 2 === 0)
  const questions = vectors.filter((_, at) => at % 2 === 1)
  const cosines = rows.map((row) => questions.map((question) => computeCosine(row, question)))
  const pairs = cosines.map((line, at) => line[at] ?? 0)
  const others = cosines.flatMap((line, at) => line.toSpliced(at, 1))
  const [related, unrelated] = [computeMean(pairs), computeMean(others)]
  return related - unrelated <= MIN_DIFFERENCE * (1 - unrelated) ? USUAL : { unrelated, related }
}

function computeMean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** 0 for unrelated texts, 1 for a question and its answer; the same for all models. */
export function toRelatedness(cosine: number, { unrelated, related }: EmbeddingScale): number {
  return (cosine - unrelated) / (related - unrelated)
}

/** The inverse of `toRelatedness`. */
export function toCosine(relatedness: number, { unrelated, related }: EmbeddingScale): number {
  return unrelated + relatedness * (related - unrelated)
}

/** The cosine similarity of vectors of length 1. */
export function computeCosine(one: Float32Array, other: Float32Array): number {
  let sum = 0
  for (let index = 0; index < one.length; index += 1) {
    sum += (one[index] ?? 0) * (other[index] ?? 0)
  }
  return sum
}
