import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanHash } from './scan-hash.ts'

/** Answers of a model by calls, with their sums. */
export interface ModelMean {
  answers: number
  /** Null: the price is unknown. */
  costMicros: number | null
  workMs: number
}

/** So many answers of the scan itself make a better mean than those of an earlier scan. */
const MIN_ANSWERS = 5

/**
 * Computes what the types without a call would have cost. `before` is the mean of an earlier scan of the model, of use
 * while this scan has few answers of its own.
 */
export function buildSaved(
  hash: ScanHash,
  succeeded: number,
  before: ModelMean | undefined,
): Scan['usage']['saved'] {
  const { cacheHits, curatedAnswers, unchanged, provider } = hash
  const types = cacheHits + curatedAnswers + unchanged
  const own: ModelMean = {
    answers: Math.max(0, succeeded - cacheHits - curatedAnswers),
    costMicros: hash.unpriced === undefined ? hash.costMicros : null,
    workMs: hash.workMs,
  }
  const mean = own.answers >= MIN_ANSWERS ? own : (before ?? own)
  // Rule-based answers need no model.
  if (mean.answers === 0 || provider === 'demo') return { types, costUsd: null, ms: null }
  const perAnswer = types / mean.answers
  return {
    types,
    costUsd: mean.costMicros === null ? null : (mean.costMicros * perAnswer) / 1_000_000,
    ms: Math.round(mean.workMs * perAnswer),
  }
}

/** Parses `<answers> <micro-USD or unknown> <ms>`. Undefined for any other text. */
export function parseModelMean(text: string): ModelMean | undefined {
  const match = /^(\d+) (\d+|unknown) (\d+)$/.exec(text)
  if (!match) return undefined
  const [, answers, cost, workMs] = match
  const costMicros = cost === 'unknown' ? null : Number(cost)
  return { answers: Number(answers), costMicros, workMs: Number(workMs) }
}
