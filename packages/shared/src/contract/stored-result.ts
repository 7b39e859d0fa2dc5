import { z } from 'zod'
import { InferredCapability, Usage } from './capability.ts'

/** An answer that was paid for, as it lies under its content key. */
export const StoredResult = z.object({
  answer: InferredCapability,
  /** What the asking cost, repairs included. */
  usage: Usage,
  model: z.string(),
  promptVersion: z.string(),
  /** Other types that the same call asked about. */
  packedWith: z.int().nonnegative(),
  /** The provider's id of the call. */
  requestId: z.string().nullable(),
  /** The scan that paid. */
  scanId: z.string(),
  /** Id of the worker that got the answer. */
  worker: z.string(),
  /** Number of the attempt that paid; null for the answer of a batch that no type of its scan claimed any more. */
  attempt: z.int().positive().nullable(),
  inferredAt: z.iso.datetime(),
  /** Time the calls took, repairs included. */
  durationMs: z.int().nonnegative(),
})
export type StoredResult = z.infer<typeof StoredResult>
