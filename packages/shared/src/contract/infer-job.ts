import { z } from 'zod'
import { ScanId } from './scan.ts'

/**
 * Payload of one inference: references only, never a schema, a prompt or a key. Parsed again by the
 * worker, because after a deployment the queue still holds what an older version wrote.
 */
export const InferJob = z.object({
  v: z.literal(1),
  scanId: ScanId,
  resource: z.string().min(1).max(520),
  /** Name under which the definition lies in the store: `definitionRef`. */
  definition: z.string().regex(/^[0-9a-f]{64}$/),
})
export type InferJob = z.infer<typeof InferJob>

export const PlanJob = z.object({ v: z.literal(1), scanId: ScanId })
export type PlanJob = z.infer<typeof PlanJob>
