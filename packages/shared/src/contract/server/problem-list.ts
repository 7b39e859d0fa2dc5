import { z } from 'zod'
import { ItemReason } from '../problem.ts'
import { ProblemView } from './problem-view.ts'

/** Response of GET /problems. */
export const ProblemList = z.object({
  data: z.array(ProblemView),
  reasons: z.array(z.object({ reason: ItemReason, meaning: z.string(), fix: z.string() })),
})
export type ProblemList = z.infer<typeof ProblemList>
