import { z } from 'zod'

const positive = z.number().positive().optional()

const RATES = {
  requestsPerMinute: positive,
  /** ITPM: input that was not read from the prompt cache. */
  inputTokensPerMinute: positive,
  /** OTPM: debited when the answer is produced. */
  outputTokensPerMinute: positive,
  /** TPM: input and output from one bucket; cached input counts too. */
  tokensPerMinute: positive,
  requestsPerDay: positive,
  tokensPerDay: positive,
  /** Calls of the account that may run at once, whatever their model group. */
  maxConcurrent: z.int().positive().optional(),
  /** Whether TPM is debited `max_tokens` at the door; unset: as the vendor of the wire format does. */
  reservesMaxTokens: z.boolean().optional(),
}

/** How much of a minute's limit a full bucket holds; less than 60 enforces it over shorter spans. */
const Burst = z.strictObject({
  requests: z.number().positive().max(60).default(60),
  tokens: z.number().positive().max(60).default(60),
})

/** Limits of one account and model group. What is not named is not limited. */
export const LimitsConfig = z.strictObject({
  ...RATES,
  burstSeconds: Burst.default({ requests: 60, tokens: 60 }),
  /** Whether input read from the prompt cache counts to ITPM. */
  countsCachedInput: z.boolean().default(false),
  /** Whether what was reserved and not used comes back when the call ends. */
  refundsReserved: z.boolean().default(true),
  /** Whether a call refused for another limit still uses up a request. */
  countsRefused: z.boolean().default(false),
})
export type LimitsConfig = z.infer<typeof LimitsConfig>

export const ModelGroupConfig = z.strictObject({
  name: z.string().min(1),
  /** Beginnings of model names. */
  models: z.array(z.string().min(1)).min(1),
  limits: LimitsConfig,
})
export type ModelGroupConfig = z.infer<typeof ModelGroupConfig>

/** Usage may grow only so fast: rate <= max(base, growth * mean rate of the minute before). */
export const RampConfig = z.strictObject({
  baseRequestsPerMinute: z.number().positive(),
  growth: z.number().min(1),
})
export type RampConfig = z.infer<typeof RampConfig>

export const SpendConfig = z.strictObject({
  capUsd: z.number().nonnegative(),
  /** Who set the cap decides how the refusal looks; none of them can be waited for. */
  setBy: z.enum(['tier', 'contract', 'user', 'credit']).default('tier'),
})
export type SpendConfig = z.infer<typeof SpendConfig>

/** One account: the keys that belong to it share its buckets. */
export const AccountConfig = z.strictObject({
  name: z.string().min(1),
  keys: z.array(z.string().min(1)).min(1),
  limits: LimitsConfig.optional(),
  modelGroups: z.array(ModelGroupConfig).default([]),
  ramp: RampConfig.optional(),
  spend: SpendConfig.optional(),
})
export type AccountConfig = z.infer<typeof AccountConfig>

/** A change of limits while the simulator runs. */
export const LimitChange = z.strictObject({
  atSeconds: z.number().nonnegative().default(0),
  /** Name of the one account it is for; none = all. */
  account: z.string().optional(),
  /** Replaces what it names, keeps the rest. */
  limits: z.strictObject({ ...RATES, burstSeconds: Burst.optional() }),
  /** A change that is not announced leaves the headers as they were: hidden capacity. */
  announced: z.boolean().default(true),
})
export type LimitChange = z.infer<typeof LimitChange>
