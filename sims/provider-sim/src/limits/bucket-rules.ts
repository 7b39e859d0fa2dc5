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

/** What a call asks of the buckets, in tokens. */
export interface Cost {
  inputTokens: number
  /** Read from the prompt cache. */
  cachedTokens: number
  /** The most it may produce; 0 for what produces nothing. */
  maxTokens: number
}

/** How one bucket is filled and what a call takes from it at the door. */
export interface BucketRule {
  name: BucketName
  perMinute: number
  burstSeconds: number
  /** Has to be there for the call to be let in. */
  need: number
  /** Taken when it is let in. */
  take: number
}

const MINUTES_OF_A_DAY = 1440

/** The buckets that limits ask for, and what a call of this cost takes from each. */
export function bucketRules(
  limits: LimitsConfig,
  cost: Cost,
  reservesByDefault: boolean,
): BucketRule[] {
  const { requests, tokens } = limits.burstSeconds
  const all = cost.inputTokens + cost.cachedTokens
  const input = limits.countsCachedInput ? all : cost.inputTokens
  const reserved = reservesMaxTokens(limits, reservesByDefault) ? cost.maxTokens : 0
  const daily = (limit: number | undefined) => limit && limit / MINUTES_OF_A_DAY
  const inDay = MINUTES_OF_A_DAY * 60
  return [
    rule('requests', limits.requestsPerMinute, requests, 1),
    rule('input-tokens', limits.inputTokensPerMinute, tokens, input),
    // Debited when produced; at the door the bucket only must not be empty.
    { ...rule('output-tokens', limits.outputTokensPerMinute, tokens, 0), need: 1 },
    rule('tokens', limits.tokensPerMinute, tokens, all + reserved),
    rule('requests-day', daily(limits.requestsPerDay), inDay, 1),
    rule('tokens-day', daily(limits.tokensPerDay), inDay, all + reserved),
  ].filter(({ perMinute }) => perMinute > 0)
}

/** What to take (or, when negative, to give back) once the call has produced its output. */
export function settlement(
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

function rule(
  name: BucketName,
  perMinute: number | undefined,
  burstSeconds: number,
  amount: number,
): BucketRule {
  return { name, perMinute: perMinute ?? 0, burstSeconds, need: amount, take: amount }
}
