import { z } from 'zod'

/** Some calls take several times as long: `factor` is drawn between the two bounds. */
const Tail = z.strictObject({
  probability: z.number().min(0).max(1),
  minFactor: z.number().min(1).default(3),
  maxFactor: z.number().min(1).default(5),
})

/** Latency of an answer, drawn from seed, definition and attempt. */
export const LatencyConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('uniform'),
    minMs: z.number().nonnegative(),
    maxMs: z.number().nonnegative(),
  }),
  /** Median and sigma of ln(latency); 0.22 puts 90 % of 4.8 s into 3.3 to 6.9 s. */
  z.strictObject({
    kind: z.literal('lognormal'),
    medianMs: z.number().positive(),
    sigma: z.number().nonnegative(),
    tail: Tail.optional(),
  }),
  /** Time to the first token, then a token rate; sigma varies both. */
  z.strictObject({
    kind: z.literal('generation'),
    firstTokenMs: z.number().nonnegative(),
    tokensPerSecond: z.number().positive(),
    sigma: z.number().nonnegative().default(0.2),
    tail: Tail.optional(),
  }),
])
export type LatencyConfig = z.infer<typeof LatencyConfig>

/** Other causes of latency. All factors multiply. */
export const SlownessConfig = z.strictObject({
  /** `1 + slope * max(0, inFlight / knee - 1)`. */
  load: z.strictObject({ knee: z.int().positive(), slope: z.number().nonnegative() }).optional(),
  /** The first call with an answer schema waits for the compilation of its grammar. */
  newSchemaMs: z.number().nonnegative().default(0),
  /** Correlated slow phases: a two-state Markov chain with exponential durations of these means. */
  phases: z
    .object({
      normalSeconds: z.number().positive(),
      slowSeconds: z.number().positive(),
      factor: z.number().min(1),
    })
    .optional(),
})
export type SlownessConfig = z.infer<typeof SlownessConfig>
