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
  /** Usage and tokens in flight right after the grant. */
  usedThen: PerDimension<number>
  flightThen: PerDimension<number>
  epoch: number
  probe: number
  /** Calls in flight at the grant, including this one. */
  level: number
}

/** A waiting call. */
export interface QueueEntry {
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

/** Milliseconds of refill in a full bucket. A learned limit of requests has one second. */
export function findBurstMs(
  { burstMs }: ConfiguredLimits,
  dimension: Dimension,
  isStated: boolean,
): number {
  if (!isStated && dimension === 'requests') return 1_000
  return burstMs?.[dimension] ?? (dimension === 'requests' ? 10_000 : 60_000)
}

/** Builds the result of a granted call. */
export function granted(lease: Lease, change: 'half-open' | undefined): AcquireResult {
  return {
    outcome: 'granted',
    epoch: lease.epoch,
    atMs: lease.grantedAt,
    reserved: lease.costs,
    ...(change ? { breaker: { to: change, forMs: 0 } } : {}),
  }
}

/** The expected behaviour of one limit key in plain TypeScript, without Redis: the reference of the property test. */
export interface LimitsModel {
  configure(limits: ConfiguredLimits): void
  acquire(request: AcquireRequest): AcquireResult
  leaveQueue(lease: string): void
  settle(lease: string, outcome: CallOutcome): { outcome: string; breaker?: unknown }
  observe(observed: ObservedLimits): void
  pause(forMs: number, reason: string): void
  resume(): EndedBlock | null
  expireLeases(): number
  snapshot(): LimitsSnapshot
  /** Score in the index of blocked limit keys: end of the block; null if there is no entry. */
  listedUntil(): number | null
}

/** Context of a settled call. */
export interface SettledCall {
  /** Calls in flight before the end of the call. */
  inFlight: number
  /** A learned rate delays calls. */
  isRate: boolean
  /** Calls after a first 429 are rejected as well. */
  isExhausted: boolean
  pauseMs: number
}

/** Computes the usage of a settled call. */
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
