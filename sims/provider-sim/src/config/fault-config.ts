import { z } from 'zod'

export const FAULT_KINDS = [
  // Rejected immediately, without using any bucket.
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
  // Faults of the connection.
  'hang-before-headers',
  'hang-in-body',
  'reset',
  'reset-in-body',
  'slow-drip',
  'broken-body',
  'error-after-200',
  // Faults of the answer text.
  'broken-text',
  'fenced-text',
  'truncated-text',
  'schema-breaking-text',
  'wrong-case-text',
  'empty-text',
  // Faults of one answer in a multi-type prompt. The whole text is valid for a single type.
  'missing-answer',
  'injection-echo',
  'refusal',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** Style of `retry-after`: correct, absent, or wrong in a way seen in production; a number is seconds. */
export const RetryAfterStyle = z.union([
  z.enum(['exact', 'missing', 'zero', 'http-date', 'huge']),
  z.number().nonnegative(),
])
export type RetryAfterStyle = z.infer<typeof RetryAfterStyle>

export const FaultConfig = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  /** Probability per call, drawn from seed, definition and attempt. */
  probability: z.number().min(0).max(1).default(1),
  /** Only calls whose definition contains this text; in a multi-type prompt only the matching answers. */
  matching: z.string().optional(),
  /** Only these accounts. */
  accounts: z.array(z.string()).optional(),
  /** Only models with this prefix. */
  model: z.string().optional(),
  /** Only the n-th call of a definition, counted from 1. */
  attempt: z.int().positive().optional(),
  /** Only in this window of simulated time since the start: a blackout. */
  fromSeconds: z.number().nonnegative().default(0),
  toSeconds: z.number().positive().optional(),
  /** Ends after this number of hits. */
  times: z.int().positive().optional(),
  /** Delay before the fault; default: none for immediate faults, otherwise the latency of the call. */
  afterMs: z.number().nonnegative().optional(),
  /** Duration of one answer with `slow-drip`. */
  dripMs: z.number().positive().default(60_000),
  /** For `rate-limited` and `ramp-limited`. */
  retryAfter: RetryAfterStyle.default(5),
})
export type FaultConfig = z.infer<typeof FaultConfig>
