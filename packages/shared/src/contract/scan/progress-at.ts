import { z } from 'zod'
import { Progress } from './progress.ts'

/** The counters of a scan right after one of its events. */
export const ProgressAt = z.object({
  /** Number of the event. 0: before the first one. */
  seq: z.int().nonnegative(),
  /** Time of the event. Null for 0. */
  at: z.iso.datetime().nullable(),
  progress: Progress,
})
export type ProgressAt = z.infer<typeof ProgressAt>
