import { z } from 'zod'

/** Number of jobs in a queue by state. */
export const JobCounts = z.object({
  waiting: z.int(),
  prioritized: z.int(),
  delayed: z.int(),
  active: z.int(),
  completed: z.int(),
  failed: z.int(),
})
export type JobCounts = z.infer<typeof JobCounts>
