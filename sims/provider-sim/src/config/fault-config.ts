import { z } from 'zod'

export const FAULT_KINDS = [
  // Refused at the door: at once, nothing taken from a bucket.
  'auth',
  'forbidden',
  'rate-limited',
  'ramp-limited',
  'quota',
  'spend-limit',
  'contract-spend-limit',
  'user-spend-limit',
  'unknown-model',
  'too-long',
  'too-large',
  // After the latency of the call.
  'overloaded',
  'unavailable',
  'gateway-timeout',
  'server-error',
  'html-error',
  // The connection.
  'hang-before-headers',
  'hang-in-body',
  'reset',
  'reset-in-body',
  'slow-drip',
  'broken-body',
  'error-after-200',
  // The text of the model.
  'broken-text',
  'fenced-text',
  'truncated-text',
  'schema-breaking-text',
  'wrong-case-text',
  'empty-text',
  // The same of one answer among several; the whole text is good when the call is about one type.
  'missing-answer',
  'injection-echo',
  'refusal',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** How `retry-after` looks: right, absent, or wrong in a way seen in the wild; a number is seconds. */
export const RetryAfterStyle = z.union([
  z.enum(['exact', 'missing', 'zero', 'http-date', 'huge']),
  z.number().nonnegative(),
])
export type RetryAfterStyle = z.infer<typeof RetryAfterStyle>

export const FaultConfig = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  /** Chance of each call, drawn from seed, definition and attempt. */
  probability: z.number().min(0).max(1).default(1),
  /** Only calls whose definition contains this text; of a call about several types only the answers about such. */
  matching: z.string().optional(),
  /** Only these accounts. */
  accounts: z.array(z.string()).optional(),
  /** Only models whose name begins so. */
  model: z.string().optional(),
  /** Only the so-maniest call of a definition, from 1. */
  attempt: z.int().positive().optional(),
  /** Only in this window of simulated time since the start: a blackout. */
  fromSeconds: z.number().nonnegative().default(0),
  toSeconds: z.number().positive().optional(),
  /** Stops after so many hits. */
  times: z.int().positive().optional(),
  /** How long the fault lets wait; unset: nothing at the door, else the latency of the call. */
  afterMs: z.number().nonnegative().optional(),
  /** How long `slow-drip` takes for one answer. */
  dripMs: z.number().positive().default(60_000),
  /** Of `rate-limited` and `ramp-limited`. */
  retryAfter: RetryAfterStyle.default(5),
})
export type FaultConfig = z.infer<typeof FaultConfig>
