import { classifyProvider } from '@capstan/shared/contract/answer-source'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import { truncateProblem } from '../truncate-problem.ts'
import type { AttemptOutcome } from '../types.ts'

export type RecordArguments = (string | number)[]

/**
 * Builds the arguments of one item for lua/outcome.lua. `second` is the argument that each script defines. Counts are
 * rounded, because HINCRBY takes integers only.
 */
export function buildRecordArguments(
  resource: string,
  second: number,
  outcome: AttemptOutcome,
): RecordArguments {
  const { usage } = outcome
  const problem = 'problem' in outcome ? truncateProblem(outcome.problem) : undefined
  const { cached, confidence, delayMs, usesNoAttempt, answerHash, failedAccount, waitsFor } =
    pickOptionalFields(outcome)
  return [
    resource,
    second,
    outcome.type,
    JSON.stringify(buildAttempt(outcome)),
    // Time spent waiting is no work time.
    outcome.type === 'deferred' ? 0 : toCount(outcome.durationMs),
    toCount(usage.inputTokens),
    toCount(usage.cachedTokens),
    toCount(usage.outputTokens),
    toCount(outcome.calls),
    Number(cached),
    toMicroUsd(outcome),
    confidence,
    JSON.stringify(buildEventData(resource, outcome)),
    ...(problem ? [JSON.stringify(problem), problem.reason] : ['', '']),
    toCount(delayMs),
    Number(usesNoAttempt),
    answerHash,
    Number(outcome.fromBatch ?? false),
    toCount(usage.estimatedTokens ?? 0),
    outcome.type === 'succeeded' ? classifyProvider(outcome.provider) : '',
    failedAccount,
    waitsFor,
  ]
}

/** Fields that only some types of outcome have. */
function pickOptionalFields(outcome: AttemptOutcome) {
  const none = {
    cached: false,
    confidence: '',
    delayMs: 0,
    usesNoAttempt: false,
    answerHash: '',
    failedAccount: '',
    waitsFor: '',
  }
  if (outcome.type === 'succeeded') {
    const { cached, confidence, answerHash } = outcome
    return { ...none, cached, confidence, answerHash }
  }
  if (outcome.type === 'released') return { ...none, waitsFor: outcome.waitsFor ?? '' }
  if (outcome.type !== 'retrying') return none
  const { delayMs, usesNoAttempt = false, failedAccount = '' } = outcome
  return { ...none, delayMs, usesNoAttempt, failedAccount }
}

/** Money is an integer, because sums of floats drift. Tokens without a price make the total unknown. */
function toMicroUsd({ costUsd, usage }: AttemptOutcome): number | 'unknown' {
  const tokens = totalTokens(usage)
  if (tokens === 0) return toCount((costUsd ?? 0) * 1_000_000)
  return typeof costUsd === 'number' ? toCount(costUsd * 1_000_000) : 'unknown'
}

function buildAttempt({ startedAt, durationMs, worker, provider, model, usage }: AttemptOutcome) {
  const startedAtMs = Date.parse(startedAt)
  return { startedAtMs, durationMs: toCount(durationMs), worker, provider, model, usage }
}

function buildEventData(resource: string, outcome: AttemptOutcome) {
  if (outcome.type === 'released' || outcome.type === 'deferred')
    return { resource, worker: outcome.worker, reason: outcome.because }
  if (outcome.type !== 'succeeded') return { resource }
  const { durationMs, usage, costUsd, cached, provider, confidence, capabilities } = outcome
  return {
    resource,
    durationMs: toCount(durationMs),
    usage,
    costUsd,
    cached,
    source: classifyProvider(provider),
    confidence,
    capabilities,
  }
}

function toCount(count: number): number {
  return Math.max(0, Math.round(count))
}
