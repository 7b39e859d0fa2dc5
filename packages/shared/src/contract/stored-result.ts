import { z } from 'zod'
import { CapabilityAnswer } from './inferred-capability.ts'
import { Usage } from './usage.ts'

/** A paid answer, stored under its content key. */
export const StoredResult = z.object({
  answer: CapabilityAnswer,
  /** Usage of all its calls, repairs included. */
  usage: Usage,
  model: z.string(),
  promptVersion: z.string(),
  /** Number of other types in the same call (multi-type prompt). */
  sharedWith: z.int().nonnegative(),
  /** Request id of the provider. */
  requestId: z.string().nullable(),
  /** The scan that paid for the answer. */
  scanId: z.string(),
  /** Id of the worker that made the call. */
  worker: z.string(),
  /** Number of the attempt that paid. Null for an unclaimed batch answer. */
  attempt: z.int().positive().nullable(),
  inferredAt: z.iso.datetime(),
  /** Duration of all its calls, repairs included. */
  durationMs: z.int().nonnegative(),
})
export type StoredResult = z.infer<typeof StoredResult>
