import type { LimitsConfig } from '../config/limits-config.ts'

export const BUCKET_NAMES = [
  'requests',
  'input-tokens',
  'output-tokens',
  'tokens',
  'requests-day',
  'tokens-day',
] as const
export type BucketName = (typeof BUCKET_NAMES)[number]

/** Cost of a call in tokens. */
export interface CallCost {
  inputTokens: number
  /** Read from the prompt cache. */
  cachedTokens: number
  /** Maximum output; 0 for calls without output. */
  maxTokens: number
}

/** How one bucket is filled, and what a call takes from it at admission. */
export interface BucketRule {
  name: BucketName
  perMinute: number
  burstSeconds: number
  /** Amount that must be available for admission. */
  need: number
  /** Amount taken at admission. */
  take: number
}

const MINUTES_OF_A_DAY = 1440

/** The buckets of these limits, and what a call of this cost takes from each. */
export function buildBucketRules(
  limits: LimitsConfig,
  cost: CallCost,
  reservesByDefault: boolean,
): BucketRule[] {
  const { requests, tokens } = limits.burstSeconds
  const all = cost.inputTokens + cost.cachedTokens
  const input = limits.countsCachedInput ? all : cost.inputTokens
  const reserved = reservesMaxTokens(limits, reservesByDefault) ? cost.maxTokens : 0
  const daily = (limit: number | undefined) => limit && limit / MINUTES_OF_A_DAY
  const inDay = MINUTES_OF_A_DAY * 60
  return [
    createRule('requests', limits.requestsPerMinute, requests, 1),
    createRule('input-tokens', limits.inputTokensPerMinute, tokens, input),
    // Debited when produced; for admission the bucket must only be above zero.
    { ...createRule('output-tokens', limits.outputTokensPerMinute, tokens, 0), need: 1 },
    createRule('tokens', limits.tokensPerMinute, tokens, all + reserved),
    createRule('requests-day', daily(limits.requestsPerDay), inDay, 1),
    createRule('tokens-day', daily(limits.tokensPerDay), inDay, all + reserved),
  ].filter(({ perMinute }) => perMinute > 0)
}

/** Amount to take (negative: refund) once the output of a call is known. */
export function computeSettlement(
  limits: LimitsConfig,
  name: BucketName,
  call: { maxTokens: number; outputTokens: number; reservesByDefault: boolean },
): number {
  if (name === 'output-tokens') return call.outputTokens
  if (name !== 'tokens' && name !== 'tokens-day') return 0
  if (!reservesMaxTokens(limits, call.reservesByDefault)) return call.outputTokens
  return limits.refundsReserved ? call.outputTokens - call.maxTokens : 0
}

function reservesMaxTokens(limits: LimitsConfig, byDefault: boolean): boolean {
  return limits.reservesMaxTokens ?? byDefault
}

function createRule(
  name: BucketName,
  perMinute: number | undefined,
  burstSeconds: number,
  amount: number,
): BucketRule {
  return { name, perMinute: perMinute ?? 0, burstSeconds, need: amount, take: amount }
}
