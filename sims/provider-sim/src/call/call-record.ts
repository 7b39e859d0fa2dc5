import type { FaultKind } from '../config/fault-config.ts'
import type { BucketLevel } from '../limits/account-limits.ts'
import type { BucketName } from '../limits/bucket-rules.ts'

/** Reason for rejecting a call. */
export type RefusalReason =
  | BucketName
  | 'concurrency'
  | 'ramp'
  | 'spend'
  | 'capacity'
  | 'auth'
  | 'invalid'
  | 'fault'

/** One call as the simulator recorded it: the ground truth of tests and benchmarks. */
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
  /** Model group whose buckets were used; '' before that was decided. */
  group: string
  model: string
  /** First line of the definition, which identifies the type. A call about several types has one line each. */
  subject: string
  /** Number of types in the prompt. */
  types: number
  /** How often this definition was requested, including this call; the maximum for several types. */
  attempt: number
  /** As drawn, in simulated ms, before faults. */
  latencyMs: number
  /**
   * answered: the whole answer was sent. rate-limited: rejected by a temporary limit. refused: rejected
   * permanently. fault: as configured, or beyond capacity. aborted: the client closed the connection.
   */
  verdict: 'pending' | 'answered' | 'rate-limited' | 'refused' | 'fault' | 'aborted'
  fault: FaultKind | undefined
  refusedBy: RefusalReason | undefined
  retryAfterMs: number | undefined
  /** Status of the response; null when there was none. */
  status: number | null
  /** Concurrent calls of the service and the account, including this one. */
  inFlight: number
  accountInFlight: number
  /** Tokens of the prompt and, once known, of the answer. */
  inputTokens: number
  cacheWriteTokens: number
  cachedTokens: number
  outputTokens: number
  maxTokens: number
  costUsd: number
  /** Levels of the buckets at the decision. */
  buckets: BucketLevel[]
}
