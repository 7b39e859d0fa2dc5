import { z } from 'zod'
import { FaultConfig } from './fault-config.ts'

/** Behavior of the batch endpoints. */
export const SimBatchConfig = z.strictObject({
  /** Simulated time until the last request of a batch is answered. Requests are answered at a constant rate. */
  processingMs: z.number().nonnegative().default(0),
  /** Requests that are not answered by then expire. */
  expiresMs: z.number().positive().default(86_400_000),
  /** Price of a batch, as a share of the same calls. */
  priceShare: z.number().min(0).max(1).default(0.5),
  maxRequests: z.int().positive().default(100_000),
  /**
   * Faults of the endpoints. `matching` is one of create, retrieve, list, results, cancel, upload, content.
   * `reset` and `hang-before-headers` happen after the work: the batch exists, but its response is lost.
   * Faults of single requests are those of calls.
   */
  faults: z.array(FaultConfig).default([]),
})
export type SimBatchConfig = z.infer<typeof SimBatchConfig>
