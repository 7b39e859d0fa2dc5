import { z } from 'zod'
import { CapabilityAnswer } from './inferred-capability.ts'
import { Usage } from './usage.ts'

/** An answer under its content key: a paid one, as the result cache stores it, or a curated one. */
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
  /** Id of the worker that made the call. Null for a curated answer. */
  worker: z.string().nullable(),
  /** Number of the attempt that paid. Null for an unclaimed batch answer and for a curated answer. */
  attempt: z.int().positive().nullable(),
  inferredAt: z.iso.datetime(),
  /** Duration of all its calls, repairs included. */
  durationMs: z.int().nonnegative(),
})
export type StoredResult = z.infer<typeof StoredResult>
