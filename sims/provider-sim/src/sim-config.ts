import { z } from 'zod'
import { SimBatchConfig } from './config/batch-config.ts'
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
  /** Lifetime of an entry after its last use, unless the call requests one hour. */
  ttlSeconds: z.number().positive().default(300),
})

const Headers = z.strictObject({
  /** `stale`: those of the first answer. `doubled`, `halved`: wrong limits and remaining amounts. */
  limits: z.enum(['exact', 'missing', 'stale', 'doubled', 'halved']).default('exact'),
  retryAfter: RetryAfterStyle.default('exact'),
  /** OpenAI sometimes prints large limits with commas. */
  commas: z.boolean().default(false),
})
export type HeadersConfig = z.infer<typeof Headers>

/** Configuration of the simulated provider. `{}` is a fast, unlimited provider. */
export const SimConfig = z.strictObject({
  seed: z.int().default(1),
  /** Simulated seconds per real second. Real latencies shrink and real limits grow by this factor. */
  timeScale: z.number().positive().default(1),
  latency: LatencyConfig.default({ kind: 'uniform', minMs: 0, maxMs: 0 }),
  slowness: SlownessConfig.default({ newSchemaMs: 0 }),
  /** Latency of an embeddings call. */
  embeddingMs: z.number().nonnegative().default(0),
  /** Accepted keys, besides those of `accounts`; without any, all keys are accepted. */
  keys: z.array(z.string()).default([]),
  accounts: z.array(AccountConfig).default([]),
  /** Limits of each account and model group without own limits. */
  limits: LimitsConfig.optional(),
  modelGroups: z.array(ModelGroupConfig).default([]),
  changes: z.array(LimitChange).default([]),
  ramp: RampConfig.optional(),
  spend: SpendConfig.optional(),
  prices: Prices.default({ inputPerMillionUsd: 2, outputPerMillionUsd: 10 }),
  /** Maximum concurrency of the whole service, and how it fails beyond. No header shows it. */
  capacity: z
    .object({
      concurrent: z.int().positive(),
      beyond: z.enum(['overloaded', 'unavailable', 'server-error']).default('overloaded'),
    })
    .optional(),
  faults: z.array(FaultConfig).default([]),
  batches: SimBatchConfig.prefault({}),
  cache: Cache.default({ minTokens: 1024, ttlSeconds: 300 }),
  headers: Headers.default({ limits: 'exact', retryAfter: 'exact', commas: false }),
  charsPerToken: z.number().positive().default(4),
  /** Models with this prefix have their own tokenizer. */
  tokenizers: z
    .array(z.strictObject({ model: z.string().min(1), charsPerToken: z.number().positive() }))
    .default([]),
  /** Sigma of ln(real tokens / estimated tokens) over texts, so that no estimate is exact. */
  tokenSpread: z.number().nonnegative().default(0),
  /** Models in the model lists. Calls may use any model. */
  models: z.array(z.string()).default([]),
  /** JSONL file with one line per call and change. */
  logFile: z.string().optional(),
})
export type SimConfig = z.infer<typeof SimConfig>
export type SimConfigInput = z.input<typeof SimConfig>
