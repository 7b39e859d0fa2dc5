import { z } from 'zod'
import { Provider } from '../provider.ts'
import { ScanId } from './scan-id.ts'

/**
 * Payload of an inference job: references only, never a schema, a prompt or a key. The worker validates it, because after a
 * deployment the queue still holds jobs of an older version.
 */
export const InferJob = z.object({
  v: z.literal(1),
  scanId: ScanId,
  provider: Provider,
  model: z.string().min(1).max(200),
  resource: z.string().min(1).max(520),
  /** Key of the stored definition: `definitionRef`. */
  definition: z.string().regex(/^[0-9a-f]{64}$/),
  /** Identifies the question. Scans with the same question share the answer. */
  contentKey: z.string().regex(/^[0-9a-f]{64}$/),
})
export type InferJob = z.infer<typeof InferJob>

export const PlanJob = z.object({ v: z.literal(1), scanId: ScanId })
export type PlanJob = z.infer<typeof PlanJob>

/** Return value of a finished job, shown in Bull Board. The journal has all of it as well. */
export const InferResult = z.object({
  capabilities: z.array(z.string()),
  /** Input, cached and output tokens of this attempt. */
  tokens: z.int(),
  /** Tokens among these that are estimates. */
  estimatedTokens: z.int(),
  /** Null when the price of the model is unknown. */
  costUsd: z.number().nullable(),
  /** The answer came from the result cache. */
  cached: z.boolean(),
  /** `provider/model`; a fallback model may differ from the model of the scan. */
  answeredBy: z.string(),
})
export type InferResult = z.infer<typeof InferResult>
