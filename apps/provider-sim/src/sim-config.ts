import { z } from 'zod'

const Latency = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('uniform'),
    minMs: z.number().nonnegative(),
    maxMs: z.number().nonnegative(),
  }),
  /** Median and sigma of ln(latency); 0.22 puts 90 % of 4.8 s into 3.3 to 6.9 s. */
  z.object({
    kind: z.literal('lognormal'),
    medianMs: z.number().positive(),
    sigma: z.number().nonnegative(),
  }),
])

export const FAULT_KINDS = [
  'overloaded',
  'server-error',
  'html-error',
  'quota',
  'hang-before-headers',
  'hang-in-body',
  'reset',
  'broken-body',
  'broken-text',
  'fenced-text',
  'truncated-text',
  'schema-breaking-text',
  'refusal',
] as const

const Fault = z.object({
  kind: z.enum(FAULT_KINDS),
  /** Chance of each call, drawn from the seed. */
  probability: z.number().min(0).max(1).default(1),
  /** Only calls whose definition contains this text. */
  matching: z.string().optional(),
  /** Stops after so many hits. */
  times: z.int().positive().optional(),
})

/** What the simulator plays. Everything has a default, so `{}` is a fast, unlimited provider. */
export const SimConfig = z.object({
  seed: z.int().default(1),
  latency: Latency.default({ kind: 'uniform', minMs: 0, maxMs: 0 }),
  /** Keys that are let in; none = any. */
  keys: z.array(z.string()).default([]),
  /** Token buckets of each key: per minute, refilled continuously. */
  limits: z
    .object({
      requestsPerMinute: z.number().positive(),
      tokensPerMinute: z.number().positive(),
    })
    .optional(),
  faults: z.array(Fault).default([]),
  charsPerToken: z.number().positive().default(4),
})
export type SimConfig = z.infer<typeof SimConfig>
export type SimConfigInput = z.input<typeof SimConfig>
export type FaultKind = (typeof FAULT_KINDS)[number]
