import type { Usage } from '@capstan/shared/contract/usage'
import type { Dimension, ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type { Provider } from '@capstan/shared/contract/provider'

/** Why a call may not start yet; events and the ETA show it. */
export type WaitReason = Dimension | 'concurrency' | 'paused' | 'breaker'

/** Names one set of limits: an account and a model. Names only; Redis never holds the key of an account. */
export interface LimitKey {
  /** Whose limits these are, such as `anthropic` or `anthropic-eu`. */
  account: string
  /** Models of the account that share one set of limits. */
  group: string
  model: string
}

/** What the operator allows on one account and model group. */
export interface GroupLimits {
  /** Whole numbers a minute. What is missing is learned from headers, or from 429s without any, and unlimited until then. */
  perMinute: Partial<Record<Dimension, number>>
  /** Time whose refill may be spent at once. Default 60 s for tokens, 10 s for requests. */
  burstMs?: Partial<Record<Dimension, number>> | undefined
  /** Whether prompt tokens read from the provider's cache count as input. */
  cachedTokensCount: boolean
  /** Calls in flight: where the controller starts without a last good value, and its ceiling. */
  concurrency: { start: number; max: number }
}

/** How large a call is, before it is made. */
export interface CallSize {
  /** Length of the whole prompt; tokens are estimated from it by what the model's last calls really used. */
  characters: number
  maxOutputTokens: number
  /** Types that it asks about; default 1. Calls about several are estimated by their own kind. */
  types?: number | undefined
}

/** A call that wants to start. */
export interface Ask extends CallSize {
  /** Longer than the call can take: after it the call counts as dead and its slot is free again. */
  ttlMs: number
}

/** One attempt of a waiting call. */
export interface Attempt extends Ask {
  /** Unique; the same one again gets the same answer, so an attempt may be sent twice. */
  lease: string
  /** The caller gives up when the wait is longer, and so needs no place in the line. */
  patienceMs: number
  /** The caller comes back within this time; its place in the line is kept that long. */
  pollMs: number
}

export type Answer =
  | {
      outcome: 'granted'
      /** Number of the breaker's state under which it was granted; its outcome counts only for that state. */
      epoch: number
      reserved: Record<Dimension, number>
      /** Redis time. */
      atMs: number
      breaker?: BreakerChange
    }
  | { outcome: 'wait'; waitMs: number; because: WaitReason }

/**
 * throttled: 429. ramp: 429 because use grew too fast. overload: 5xx, 529, connection lost.
 * timeout: our deadline. refused: any other 4xx; the provider did no work.
 * aborted: we let go of the call, what it used is unknown. unsent: it never left.
 */
export type FailKind =
  | 'throttled'
  | 'ramp'
  | 'overload'
  | 'timeout'
  | 'refused'
  | 'aborted'
  | 'unsent'

/** How a granted call ended. */
export interface Ending {
  kind: 'answered' | FailKind
  /**
   * What it really used. Without it the reservation stays spent, unless the kind says that nothing was used. Estimated
   * tokens correct the levels and teach no estimate of later calls.
   */
  usage?: Usage | undefined
  /** The wait a provider asked for; the account pauses that long and a little more. */
  retryAfterMs?: number | undefined
  observed?: ObservedLimits | undefined
  /** Why it failed, in the provider's own words: the reason of a pause, an open breaker or a lower concurrency limit. Default: the kind. */
  cause?: string | undefined
}

export interface BreakerChange {
  to: 'open' | 'half-open' | 'closed'
  /** Length of an open period, 0 otherwise. */
  forMs: number
}

export interface Settled {
  /** `unknown`: it was settled before, or its lease ran out. */
  outcome: 'settled' | 'unknown'
  breaker?: BreakerChange
}

export interface DimensionState {
  /** In force, per minute: the lower one of what the operator and the provider say. */
  limit: number
  configured: number | null
  observed: number | null
  capacity: number
  /** May be negative after a call that used more than was reserved. */
  available: number
}

/** One consistent look at a limit key. Times that lie ahead are durations, so that no clock has to agree. */
export interface LimitsSnapshot {
  atMs: number
  dimensions: Partial<Record<Dimension, DimensionState>>
  concurrency: {
    limit: number
    max: number
    inFlight: number
    /** Words of the failure that lowered the limit; null when none has, or it is back at `max`. */
    lowered: string | null
  }
  /** Callers in line, one for each waiting process and model. */
  waiting: number
  paused: { forMs: number; reason: string } | null
  breaker: {
    state: 'closed' | 'open' | 'half-open'
    epoch: number
    forMs: number
    /** Since it opened first and has not closed again; 0 when closed, or when nobody has asked for long. */
    brokenMs: number
    /** Words of the fault that opened it; null when closed. */
    reason: string | null
  }
  /** Of answered calls, from grant to settlement; null before the first. */
  latency: { medianMs: number; sigma: number } | null
  estimate: { charactersPerToken: number; outputTokens: number; cachedTokens: number }
  /** Leases that ran out because their owner died or was stopped. */
  lostLeases: number
}

/** A pause or an open period of a breaker that was ended early. */
export interface EndedBlock {
  reason: string
  /** When it would have ended by itself, RFC 3339, Redis time. */
  until: string
}

/**
 * The shared truth about limits: each method is one atomic step in Redis, on Redis' clock, and may be
 * sent again after a lost answer.
 */
export interface Limiter {
  /** Sets what the operator allows; keeps levels, learned limits and a good concurrency. */
  configure(limitKey: LimitKey, limits: GroupLimits): Promise<void>
  /** Takes from all dimensions or from none. */
  acquire(limitKey: LimitKey, attempt: Attempt): Promise<Answer>
  /** Gives up a place in the line. */
  leave(limitKey: LimitKey, lease: string): Promise<void>
  settle(limitKey: LimitKey, lease: string, ending: Ending): Promise<Settled>
  /** Takes over limits that were learned otherwise than by a call. */
  observe(limitKey: LimitKey, observed: ObservedLimits): Promise<void>
  /**
   * Lets no call start for `forMs`, at most a day. A longer pause that runs already stays, with its reason. Of `reason`
   * 200 visible characters are kept, without anything shaped like a secret.
   */
  pause(limitKey: LimitKey, forMs: number, reason: string): Promise<void>
  /**
   * Ends a pause early, and the open period of the breaker: the next call is a probe. Returns what it ended, null when
   * calls could start. `provider` is whose the account is, where the limiter cannot know: it is the name in the index.
   */
  resume(limitKey: LimitKey, provider?: Provider): Promise<EndedBlock | null>
  /** Frees the slots of leases that ran out, and answers how many. `acquire` does so too. */
  sweep(limitKey: LimitKey): Promise<number>
  snapshot(limitKey: LimitKey): Promise<LimitsSnapshot>
}

/** The right to make one call. Whatever happens to it, one of the methods must be called; only the first one counts. */
export interface Turn extends AsyncDisposable {
  readonly lease: string
  readonly epoch: number
  readonly reserved: Record<Dimension, number>
  /**
   * The provider answered, however useful the answer was. Without its usage the reservation stays spent, and nothing is
   * learned from the call.
   */
  settle(usage: Usage | undefined, observed?: ObservedLimits): Promise<void>
  fail(kind: FailKind, facts?: Omit<Ending, 'kind'>): Promise<void>
}

export interface WaitHint {
  waitMs: number
  because: WaitReason
  /** Calls of this process that come first. */
  ahead: number
}

export interface TurnRequest extends Ask {
  limitKey: LimitKey
  /** Asked at every look at the limits: what the call has grown to while it waited. Default: it does not grow. */
  grown?: (() => CallSize) | undefined
  /**
   * Told of the size that a turn was granted for, before anybody behind it in the line asks; on `false` the turn goes back
   * unused. Default: it is taken.
   */
  accept?: ((granted: CallSize) => boolean) | undefined
  /** Longest wait worth sitting through; default: any. */
  patienceMs?: number | undefined
  onWait?: ((hint: WaitHint) => void) | undefined
}

/** The door in front of every model call of a process. */
export interface Admission {
  /**
   * Waits for a turn, first come first served. Throws the signal's reason when it fires, and MustWait when the
   * wait is longer than the request's patience.
   */
  acquire(request: TurnRequest, signal: AbortSignal): Promise<Turn>
}
