import { z } from 'zod'
import { Provider } from './provider.ts'
import { ScanId } from './scan-id.ts'

/**
 * Payload of one inference: references only, never a schema, a prompt or a key. Parsed again by the
 * worker, because after a deployment the queue still holds what an older version wrote.
 */
export const InferJob = z.object({
  v: z.literal(1),
  scanId: ScanId,
  provider: Provider,
  model: z.string().min(1).max(200),
  resource: z.string().min(1).max(520),
  /** Name under which the definition lies in the store: `definitionRef`. */
  definition: z.string().regex(/^[0-9a-f]{64}$/),
  /** Names its question: other scans may ask the same one. */
  contentKey: z.string().regex(/^[0-9a-f]{64}$/),
})
export type InferJob = z.infer<typeof InferJob>

export const PlanJob = z.object({ v: z.literal(1), scanId: ScanId })
export type PlanJob = z.infer<typeof PlanJob>

/** What a finished job returns, for people who look at the queue: small, and nothing that the journal does not hold. */
export const InferResult = z.object({
  capabilities: z.array(z.string()),
  /** Input, cached and output tokens of this start together. */
  tokens: z.int(),
  /** How many of them are estimated, because the provider did not report them. */
  estimatedTokens: z.int(),
  /** Null when the model has no known price. */
  costUsd: z.number().nullable(),
  /** The answer was stored already and cost nothing. */
  cached: z.boolean(),
  /** `provider/model`: a fallback model may have answered. */
  answeredBy: z.string(),
})
export type InferResult = z.infer<typeof InferResult>
