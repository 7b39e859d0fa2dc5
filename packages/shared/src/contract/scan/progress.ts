import { z } from 'zod'

/** Number of types by status. `total` is null until the plan exists; then the seven statuses sum up to it. */
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
  /** 100 * finished / total. Running types count as unfinished. */
  percent: z.number().min(0).max(100),
})
export type Progress = z.infer<typeof Progress>
