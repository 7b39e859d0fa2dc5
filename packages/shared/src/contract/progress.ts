import { z } from 'zod'

/** Counts of types by state. `total` is null until the plan is written; afterwards the seven states sum to it. */
export const Progress = z.object({
  total: z.int().nonnegative().nullable(),
  queued: z.int().nonnegative(),
  running: z.int().nonnegative(),
  retrying: z.int().nonnegative(),
  succeeded: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
  canceled: z.int().nonnegative(),
  /** succeeded + failed + skipped + canceled. */
  finished: z.int().nonnegative(),
  /** finished / total; work in flight never counts. */
  percent: z.number().min(0).max(100),
})
export type Progress = z.infer<typeof Progress>
