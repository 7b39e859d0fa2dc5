import { z } from 'zod'
import { BatchConfig } from './config/batch-config.ts'
import { FaultConfig, RetryAfterStyle } from './config/fault-config.ts'
import { LatencyConfig, SlownessConfig } from './config/latency-config.ts'
import {
  AccountConfig,
  LimitChange,
  LimitsConfig,
  ModelGroupConfig,
  RampConfig,
  SpendConfig,
} from './config/limits-config.ts'

const Prices = z.strictObject({
  inputPerMillionUsd: z.number().nonnegative().default(2),
  outputPerMillionUsd: z.number().nonnegative().default(10),
})

const Cache = z.strictObject({
  /** Shorter prefixes are never cached. */
  minTokens: z.int().nonnegative().default(1024),
  /** How long an entry lives after its last use, unless the call asks for an hour. */
  ttlSeconds: z.number().positive().default(300),
})

const Headers = z.strictObject({
  /** `stale`: always those of the first answer. `doubled`, `halved`: false limits and remains. */
  limits: z.enum(['exact', 'missing', 'stale', 'doubled', 'halved']).default('exact'),
  retryAfter: RetryAfterStyle.default('exact'),
  /** OpenAI prints large limits with commas at times. */
  commas: z.boolean().default(false),
})
export type HeadersConfig = z.infer<typeof Headers>

/** What the simulator plays. Everything has a default, so `{}` is a fast, unlimited provider. */
export const SimConfig = z.strictObject({
  seed: z.int().default(1),
  /** Simulated seconds in a real one. Real latencies shrink and real limits grow by it. */
  timeScale: z.number().positive().default(1),
  latency: LatencyConfig.default({ kind: 'uniform', minMs: 0, maxMs: 0 }),
  slowness: SlownessConfig.default({ newSchemaMs: 0 }),
  /** Latency of an embeddings call. */
  embeddingMs: z.number().nonnegative().default(0),
  /** Keys that are let in, besides those of `accounts`; none at all = any. */
  keys: z.array(z.string()).default([]),
  accounts: z.array(AccountConfig).default([]),
  /** Limits of each account and model group that has none of its own. */
  limits: LimitsConfig.optional(),
  modelGroups: z.array(ModelGroupConfig).default([]),
  changes: z.array(LimitChange).default([]),
  ramp: RampConfig.optional(),
  spend: SpendConfig.optional(),
  prices: Prices.default({ inputPerMillionUsd: 2, outputPerMillionUsd: 10 }),
  /** What the whole service can run at once, and how it fails beyond. No header tells. */
  capacity: z
    .object({
      concurrent: z.int().positive(),
      beyond: z.enum(['overloaded', 'unavailable', 'server-error']).default('overloaded'),
    })
    .optional(),
  faults: z.array(FaultConfig).default([]),
  batches: BatchConfig.prefault({}),
  cache: Cache.default({ minTokens: 1024, ttlSeconds: 300 }),
  headers: Headers.default({ limits: 'exact', retryAfter: 'exact', commas: false }),
  charsPerToken: z.number().positive().default(4),
  /** Models whose name begins so have a tokenizer of their own. */
  tokenizers: z
    .array(z.strictObject({ model: z.string().min(1), charsPerToken: z.number().positive() }))
    .default([]),
  /** Sigma of ln(real tokens / estimated tokens) over texts: no estimator of a client can be exact then. */
  tokenSpread: z.number().nonnegative().default(0),
  /** Models that the lists name. Calls may ask for any. */
  models: z.array(z.string()).default([]),
  /** JSONL file that gets one line for each call and change. */
  logFile: z.string().optional(),
})
export type SimConfig = z.infer<typeof SimConfig>
export type SimConfigInput = z.input<typeof SimConfig>
