import type { Dimension, ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type {
  AcquireResult,
  AcquireRequest,
  EndedBlock,
  CallOutcome,
  ConfiguredLimits,
  LimitsSnapshot,
} from '@capstan/limits/types'

export type PerDimension<T> = Record<Dimension, T>

/** A granted call. */
export interface Lease {
  expiresAt: number
  grantedAt: number
  characters: number
  types: number
  costs: PerDimension<number>
  /** What was used and in flight right after the grant. */
  usedThen: PerDimension<number>
  flightThen: PerDimension<number>
  epoch: number
  probe: number
  /** Calls in flight when it was granted, itself included. */
  level: number
}

/** A waiting call. */
export interface Place {
  ticket: number
  expiresAt: number
  costs: PerDimension<number>
}

export const each = <T>(of: (dimension: Dimension) => T): PerDimension<T> => ({
  requests: of('requests'),
  'input-tokens': of('input-tokens'),
  'output-tokens': of('output-tokens'),
  tokens: of('tokens'),
})

/** The answer to a call that has the lease. */
export function granted(lease: Lease, change: 'half-open' | undefined): AcquireResult {
  return {
    outcome: 'granted',
    epoch: lease.epoch,
    atMs: lease.grantedAt,
    reserved: lease.costs,
    ...(change ? { breaker: { to: change, forMs: 0 } } : {}),
  }
}

/** What the limits of one limit key should do, in plain TypeScript and without any Redis: the reference of the property test. */
export interface LimitsModel {
  configure(limits: ConfiguredLimits): void
  acquire(attempt: AcquireRequest): AcquireResult
  leaveQueue(lease: string): void
  settle(lease: string, ending: CallOutcome): { outcome: string; breaker?: unknown }
  observe(observed: ObservedLimits): void
  pause(forMs: number, reason: string): void
  resume(): EndedBlock | null
  expireLeases(): number
  snapshot(): LimitsSnapshot
  /** Where the limit key stands in the index: when its block ends, null when it is not there. */
  listedUntil(): number | null
}

/** What is known of a call at its end besides how it ended. */
export interface SettledCall {
  /** Calls in flight before it ended. */
  inFlight: number
  /** A learned rate held calls up. */
  isRate: boolean
  /** Calls after a first 429 are refused as well. */
  isUsedUp: boolean
  pauseMs: number
}

/** What a call that has ended used, as far as the limits know. */
export function actualCosts(
  lease: Lease,
  { kind, usage }: CallOutcome,
  cachedTokensCount: boolean,
): PerDimension<number> {
  if (usage) {
    const all = usage.inputTokens + usage.cachedTokens
    return {
      requests: 1,
      'input-tokens': cachedTokensCount ? all : usage.inputTokens,
      'output-tokens': usage.outputTokens,
      tokens: all + usage.outputTokens,
    }
  }
  if (kind === 'unsent') return each(() => 0)
  const free = kind === 'rate-limited' || kind === 'ramp-limited' || kind === 'refused'
  return free ? { ...each(() => 0), requests: 1 } : lease.costs
}
