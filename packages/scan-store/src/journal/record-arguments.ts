import { totalTokens } from '@capstan/shared/inference/add-usage'
import { truncateProblem } from './fit-problem.ts'
import type { AttemptOutcome } from './types.ts'

export type RecordArguments = (string | number)[]

/**
 * The arguments of one item for lua/outcome.lua. `second` is the one whose meaning the script decides. Counts are rounded: a
 * script cannot add 1.5 to an integer field.
 */
export function buildRecordArguments(
  resource: string,
  second: number,
  outcome: AttemptOutcome,
): RecordArguments {
  const { usage } = outcome
  const problem = 'problem' in outcome ? truncateProblem(outcome.problem) : undefined
  const { cached, confidence, delayMs, free, answerHash } = particulars(outcome)
  return [
    resource,
    second,
    outcome.type,
    JSON.stringify(attemptFacts(outcome)),
    // A wait is no work.
    outcome.type === 'deferred' ? 0 : whole(outcome.durationMs),
    whole(usage.inputTokens),
    whole(usage.cachedTokens),
    whole(usage.outputTokens),
    whole(outcome.calls),
    Number(cached),
    microUsd(outcome),
    confidence,
    JSON.stringify(eventFacts(resource, outcome)),
    ...(problem ? [JSON.stringify(problem), problem.reason] : ['', '']),
    whole(delayMs),
    Number(free),
    answerHash,
    Number(outcome.fromBatch ?? false),
    whole(usage.estimatedTokens ?? 0),
  ]
}

/** What only some types of outcome have. */
function particulars(outcome: AttemptOutcome) {
  const none = { cached: false, confidence: '', delayMs: 0, free: false, answerHash: '' }
  if (outcome.type === 'succeeded') {
    const { cached, confidence, answerHash } = outcome
    return { ...none, cached, confidence, answerHash }
  }
  if (outcome.type !== 'retrying') return none
  return { ...none, delayMs: outcome.delayMs, free: outcome.free ?? false }
}

/** Money as an integer, because sums of floats drift. Tokens without a price make the total unknown. */
function microUsd({ costUsd, usage }: AttemptOutcome): number | 'unknown' {
  const tokens = totalTokens(usage)
  if (tokens === 0) return whole((costUsd ?? 0) * 1_000_000)
  return typeof costUsd === 'number' ? whole(costUsd * 1_000_000) : 'unknown'
}

function attemptFacts({ startedAt, durationMs, worker, provider, model, usage }: AttemptOutcome) {
  const startedAtMs = Date.parse(startedAt)
  return { startedAtMs, durationMs: whole(durationMs), worker, provider, model, usage }
}

function eventFacts(resource: string, outcome: AttemptOutcome) {
  if (outcome.type === 'released' || outcome.type === 'deferred')
    return { resource, worker: outcome.worker, reason: outcome.because }
  if (outcome.type !== 'succeeded') return { resource }
  const { durationMs, usage, costUsd, cached, confidence, capabilities } = outcome
  return {
    resource,
    durationMs: whole(durationMs),
    usage,
    costUsd,
    cached,
    confidence,
    capabilities,
  }
}

function whole(count: number): number {
  return Math.max(0, Math.round(count))
}
