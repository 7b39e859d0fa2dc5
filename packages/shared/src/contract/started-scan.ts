import { z } from 'zod'
import { Scan } from './scan.ts'

/** Why a start joined a running scan in place of a new one. */
export const JoinedScan = z.object({
  because: z
    .enum(['covers', 'equal'])
    .describe(
      '`covers`: the plan of the scan contains all requested types. `equal`: it has no plan yet and was requested alike.',
    ),
  reason: z.string().describe('The same as a sentence.'),
  types: z.int().nonnegative().describe('How many types the request resolves to.'),
  resources: z
    .array(z.string())
    .optional()
    .describe('Their names, when the scan has more types than these: wait for these only.'),
})
export type JoinedScan = z.infer<typeof JoinedScan>

/** What POST /scans answers: a new scan, or with `joined` one that was running. */
export const StartedScan = Scan.extend({ joined: JoinedScan.optional() })
export type StartedScan = z.infer<typeof StartedScan>
