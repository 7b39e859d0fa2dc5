import { z } from 'zod'
import { PROBLEM_CODES } from '../problem.ts'

/** Meaning and fix of a problem code. */
export const ProblemView = z.object({
  code: z.enum(PROBLEM_CODES),
  type: z.string(),
  status: z.int(),
  title: z.string(),
  meaning: z.string(),
  fix: z.string().describe('Recommended action.'),
})
export type ProblemView = z.infer<typeof ProblemView>
