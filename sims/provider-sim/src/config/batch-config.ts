import { z } from 'zod'
import { FaultConfig } from './fault-config.ts'

/** How the batch endpoints behave. */
export const BatchConfig = z.strictObject({
  /** Simulated time until the last request of a batch is answered; they are answered evenly until then. */
  processingMs: z.number().nonnegative().default(0),
  /** Requests that are not answered by then expire. */
  expiresMs: z.number().positive().default(86_400_000),
  /** What a batch costs, as a share of the same calls alone. */
  priceShare: z.number().min(0).max(1).default(0.5),
  maxRequests: z.int().positive().default(100_000),
  /**
   * Faults of the endpoints themselves, `matching` one of create, retrieve, list, results, cancel, upload or
   * content. `reset` and `hang-before-headers` happen after the work is done: the batch exists, and its answer is
   * lost. Faults of single requests are those of calls.
   */
  faults: z.array(FaultConfig).default([]),
})
export type BatchConfig = z.infer<typeof BatchConfig>
