import type { Usage } from '@capstan/shared/contract/usage'
import type { Dimension, ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type { Provider } from '@capstan/shared/contract/provider'

/** Why a call has to wait. Shown in events and used by the ETA. */
export type WaitReason = Dimension | 'concurrency' | 'paused' | 'breaker'

/** Identifies one set of limits. Contains names only: Redis never holds an API key. */
export interface LimitKey {
  /** Name of the account, such as `anthropic` or `anthropic-eu`. */
  account: string
  model: string
}

/** The limits that the operator sets for one limit key. */
export interface ConfiguredLimits {
  /** Integers. A missing dimension is learned from headers or from 429s, and is unlimited until then. */
  perMinute: Partial<Record<Dimension, number>>
  /** Bucket capacity, as the time of refill that it holds. Default: 60 s for tokens, 10 s for requests. */
  burstMs?: Partial<Record<Dimension, number>> | undefined
  /** True if prompt tokens read from the provider's cache count as input tokens. */
  cachedTokensCount: boolean
  /** Calls in flight: the initial value of the AIMD controller, and its upper bound. */
  concurrency: { start: number; max: number }
}

/** The size of a call before it is made. */
export interface CallSize {
  /** Length of the whole prompt. The limiter estimates tokens from it and from the usage of earlier calls. */
  characters: number
  maxOutputTokens: number
  /** Number of resource types in the prompt; default 1. Multi-type prompts have an estimate of their own. */
  types?: number | undefined
}

/** A call that needs a permit. */
export interface PermitRequest extends CallSize {
  /** Lifetime of the lease: longer than the call can take. An expired lease frees its slot. */
  ttlMs: number
}

/** One acquire command of a waiting call. */
export interface AcquireRequest extends PermitRequest {
  /** Unique id. A repeated command with the same id gets the same result, so it may be sent twice. */
  lease: string
  /** The caller gives up if the wait is longer; it then gets no entry in the wait queue. */
  maxWaitMs: number
  /** Interval between two commands of a waiting caller. Its queue entry expires shortly after. */
  pollMs: number
}

export type AcquireResult =
  | {
      outcome: 'granted'
      /** Epoch of the breaker at the grant. The outcome of the call counts only in this epoch. */
      epoch: number
      reserved: Record<Dimension, number>
      /** Redis time. */
      atMs: number
      breaker?: BreakerChange
    }
  | { outcome: 'wait'; waitMs: number; because: WaitReason }

/**
 * rate-limited: 429. ramp-limited: 429 because usage grew too fast. overload: 5xx, 529 or a lost connection.
 * timeout: our deadline. refused: any other 4xx; the provider did no work.
 * aborted: we cancelled the call, its usage is unknown. unsent: the call was never sent.
 */
export type CallFailureKind =
  | 'rate-limited'
  | 'ramp-limited'
  | 'overload'
  | 'timeout'
  | 'refused'
  | 'aborted'
  | 'unsent'

/** How a permitted call ended. */
export interface CallOutcome {
  kind: 'answered' | CallFailureKind
  /**
   * Actual usage. If missing, the reservation counts as spent unless `kind` implies that nothing was used. Estimated
   * usage settles the buckets but does not train the estimator.
   */
  usage?: Usage | undefined
  /** The Retry-After of the provider. The limit key pauses for this time plus a random share of up to 10 %. */
  retryAfterMs?: number | undefined
  observed?: ObservedLimits | undefined
  /** The provider's error text: the reason of a pause, an open breaker or a lower concurrency limit. Default: `kind`. */
  cause?: string | undefined
}

export interface BreakerChange {
  to: 'open' | 'half-open' | 'closed'
  /** Length of the open period; 0 for other states. */
  forMs: number
}

export interface SettleResult {
  /** `unknown`: the permit was settled before, or its lease expired. */
  outcome: 'settled' | 'unknown'
  breaker?: BreakerChange
}

export interface DimensionState {
  /** The limit in force, per minute: the lower one of the configured and the observed limit, or a learned one. */
  limit: number
  configured: number | null
  observed: number | null
  capacity: number
  /** Negative after a call that used more than its reservation. */
  available: number
}

/** A consistent snapshot of one limit key. Future times are durations, because clocks of processes differ. */
export interface LimitsSnapshot {
  atMs: number
  dimensions: Partial<Record<Dimension, DimensionState>>
  concurrency: {
    limit: number
    max: number
    inFlight: number
    /** Error text of the failure that lowered `limit`; null if there was none, or if `limit` is back at `max`. */
    decreaseReason: string | null
  }
  /** Entries in the wait queue: at most one for each process. */
  waiting: number
  /**
   * The reason why the head of the wait queue waits, and for how long as far as known. Null when calls do not wait. A pause or an open
   * breaker is not a wait.
   */
  wait: { because: Exclude<WaitReason, 'paused' | 'breaker'>; forMs: number } | null
  paused: { forMs: number; reason: string } | null
  breaker: {
    state: 'closed' | 'open' | 'half-open'
    epoch: number
    forMs: number
    /** Time since the breaker left `closed`; 0 if it is closed, or after two minutes without a call. */
    unhealthyMs: number
    /** Error text of the failure that opened the breaker; null if it is closed. */
    reason: string | null
  }
  /** Time from grant to settle of answered calls; null before the first. */
  latency: { medianMs: number; sigma: number } | null
  estimate: { charactersPerToken: number; outputTokens: number; cachedTokens: number }
  /** Leases that expired because their process died or was suspended. */
  expiredLeases: number
}

/** A pause or an open period of a breaker that was ended early. */
export interface EndedBlock {
  reason: string
  /** When it would have ended by itself, RFC 3339, Redis time. */
  until: string
}

/**
 * Limits shared by all processes. Each method is one atomic step in Redis, on the clock of Redis, and is idempotent: it may be
 * sent again after a lost reply.
 */
export interface Limiter {
  /** Stores the configured limits. Keeps bucket levels, learned limits and a concurrency limit that worked within a day. */
  configure(limitKey: LimitKey, limits: ConfiguredLimits): Promise<void>
  /** Reserves in all dimensions or in none. */
  acquire(limitKey: LimitKey, request: AcquireRequest): Promise<AcquireResult>
  /** Removes an entry from the wait queue. */
  leaveQueue(limitKey: LimitKey, lease: string): Promise<void>
  settle(limitKey: LimitKey, lease: string, outcome: CallOutcome): Promise<SettleResult>
  /** Applies limits that were observed without a call. */
  observe(limitKey: LimitKey, observed: ObservedLimits): Promise<void>
  /**
   * Lets no call start for `forMs`, at most a day. A longer pause in force stays, with its reason. `reason` is cut to
   * 200 visible characters and secrets are redacted.
   */
  pause(limitKey: LimitKey, forMs: number, reason: string): Promise<void>
  /**
   * Ends a pause and the open period of the breaker early: the next call is a probe. Returns the block that it ended, or
   * null if calls could start. `provider` is needed where the limiter has no `providerFor`: it is part of the index entry.
   */
  resume(limitKey: LimitKey, provider?: Provider): Promise<EndedBlock | null>
  /** Frees the slots of expired leases and returns their number. `acquire` does so too. */
  expireLeases(limitKey: LimitKey): Promise<number>
  snapshot(limitKey: LimitKey): Promise<LimitsSnapshot>
}

/** The right to make one call. The holder must call one of the methods; only the first call has an effect. */
export interface Permit extends AsyncDisposable {
  readonly lease: string
  readonly epoch: number
  readonly reserved: Record<Dimension, number>
  /**
   * The provider answered, whether the answer was usable or not. Without `usage` the reservation counts as spent and the
   * estimator learns nothing.
   */
  settle(usage: Usage | undefined, observed?: ObservedLimits): Promise<void>
  fail(kind: CallFailureKind, details?: Omit<CallOutcome, 'kind'>): Promise<void>
}

export interface AdmissionWait {
  waitMs: number
  because: WaitReason
  /** Position in the wait queue of this process; 0 is the head. */
  position: number
}

/** Lets a multi-type prompt grow while it waits. */
export interface ResizableCall {
  /** The current size; read before each acquire command. */
  estimate(): CallSize
  /**
   * Called with the granted size before the next entry of the wait queue acquires. False releases the permit unused:
   * no caller needs it any more.
   */
  seal(granted: CallSize): boolean
}

export interface AdmissionRequest extends PermitRequest {
  limitKey: LimitKey
  /** Default: the size is fixed. */
  resize?: ResizableCall | undefined
  /** Longest wait for a permit; default: unlimited. */
  maxWaitMs?: number | undefined
  onWait?: ((wait: AdmissionWait) => void) | undefined
}

/** Admission control for the model calls of one process. */
export interface Admission {
  /**
   * Waits for a permit, first come first served. Throws the signal's reason if it fires, and MaxWaitError if
   * the wait is longer than `maxWaitMs`.
   */
  acquire(request: AdmissionRequest, signal: AbortSignal): Promise<Permit>
}
