import { z } from 'zod'

const positive = z.number().positive().optional()

const RATES = {
  requestsPerMinute: positive,
  /** ITPM: input that was not read from the prompt cache. */
  inputTokensPerMinute: positive,
  /** OTPM: debited when the answer is produced. */
  outputTokensPerMinute: positive,
  /** TPM: input and output from one bucket, including cached input. */
  tokensPerMinute: positive,
  requestsPerDay: positive,
  tokensPerDay: positive,
  /** Maximum concurrent calls of the account, for all model groups together. */
  maxConcurrent: z.int().positive().optional(),
  /** Whether TPM is debited `max_tokens` at admission; default: like the vendor of the wire format. */
  reservesMaxTokens: z.boolean().optional(),
}

/** Bucket capacity in seconds of refill; less than 60 enforces the limit over shorter spans. */
const Burst = z.strictObject({
  requests: z.number().positive().max(60).default(60),
  tokens: z.number().positive().max(60).default(60),
})

/** Limits of one account and model group. Omitted limits do not exist. */
export const LimitsConfig = z.strictObject({
  ...RATES,
  burstSeconds: Burst.default({ requests: 60, tokens: 60 }),
  /** Whether input from the prompt cache counts towards ITPM. */
  countsCachedInput: z.boolean().default(false),
  /** Whether the unused reservation is refunded when the call ends. */
  refundsReserved: z.boolean().default(true),
  /** Whether a call that another limit rejects still uses up a request. */
  countsRefused: z.boolean().default(false),
})
export type LimitsConfig = z.infer<typeof LimitsConfig>

export const ModelGroupConfig = z.strictObject({
  name: z.string().min(1),
  /** Prefixes of model names. */
  models: z.array(z.string().min(1)).min(1),
  limits: LimitsConfig,
})
export type ModelGroupConfig = z.infer<typeof ModelGroupConfig>

/** Limits the growth of usage: rate <= max(base, growth * mean rate of the previous minute). */
export const RampConfig = z.strictObject({
  baseRequestsPerMinute: z.number().positive(),
  growth: z.number().min(1),
})
export type RampConfig = z.infer<typeof RampConfig>

export const SpendConfig = z.strictObject({
  capUsd: z.number().nonnegative(),
  /** Owner of the cap, which determines the error. Waiting does not help for any of them. */
  setBy: z.enum(['tier', 'contract', 'user', 'credit']).default('tier'),
})
export type SpendConfig = z.infer<typeof SpendConfig>

/** One account: its keys share its buckets. */
export const AccountConfig = z.strictObject({
  name: z.string().min(1),
  keys: z.array(z.string().min(1)).min(1),
  limits: LimitsConfig.optional(),
  modelGroups: z.array(ModelGroupConfig).default([]),
  ramp: RampConfig.optional(),
  spend: SpendConfig.optional(),
})
export type AccountConfig = z.infer<typeof AccountConfig>

/** A change of limits at run time. */
export const LimitChange = z.strictObject({
  atSeconds: z.number().nonnegative().default(0),
  /** Name of one account; all accounts by default. */
  account: z.string().optional(),
  /** Replaces the given limits and keeps the others. */
  limits: z.strictObject({ ...RATES, burstSeconds: Burst.optional() }),
  /** An unannounced change leaves the headers unchanged: a hidden limit. */
  announced: z.boolean().default(true),
})
export type LimitChange = z.infer<typeof LimitChange>
