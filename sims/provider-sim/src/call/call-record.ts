import type { FaultKind } from '../config/fault-config.ts'
import type { BucketLevel } from '../limits/account-limits.ts'
import type { BucketName } from '../limits/bucket-rules.ts'

/** What kept a call out. */
export type Refusal =
  | BucketName
  | 'concurrency'
  | 'ramp'
  | 'spend'
  | 'capacity'
  | 'auth'
  | 'invalid'
  | 'fault'

/** One call as the simulator saw it: the ground truth of a test or a benchmark. */
export interface CallRecord {
  n: number
  /** Wall clock. */
  arrivedMs: number
  /** Wall clock; null while it runs. */
  endedMs: number | null
  /** Simulated ms from the start to the arrival. */
  atSimMs: number
  /** Path of the endpoint. */
  endpoint: string
  /** Name of the account; never its key. */
  account: string
  /** Whose buckets it took from; '' before that was decided. */
  group: string
  model: string
  /** First line of the definition: says which type was asked about. A call about several types has one line each. */
  subject: string
  /** Types that it asks about. */
  types: number
  /** How often this definition was asked about, this call included; of several the most. */
  attempt: number
  /** As drawn, in simulated ms, before any fault. */
  latencyMs: number
  /**
   * answered: the whole answer was sent. rate-limited: refused by a limit that passes. refused: refused for
   * good. fault: as configured, or beyond the capacity. aborted: the client left first.
   */
  verdict: 'pending' | 'answered' | 'rate-limited' | 'refused' | 'fault' | 'aborted'
  fault: FaultKind | undefined
  refusedBy: Refusal | undefined
  retryAfterMs: number | undefined
  /** Of the answer; null when none was begun. */
  status: number | null
  /** Calls that run in the whole service and in the account, this one included. */
  inFlight: number
  accountInFlight: number
  /** Tokens of the question and, once it is known, of the answer. */
  inputTokens: number
  cacheWriteTokens: number
  cachedTokens: number
  outputTokens: number
  maxTokens: number
  costUsd: number
  /** The buckets at the moment of the decision. */
  buckets: BucketLevel[]
}
