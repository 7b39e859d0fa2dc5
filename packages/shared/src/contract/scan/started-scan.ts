import { z } from 'zod'
import { Scan } from './scan.ts'

/** The reason why the request joined a running scan. */
export const JoinedScan = z.object({
  because: z
    .enum(['covers', 'equal'])
    .describe(
      '`covers`: the plan of the scan contains all requested types. `equal`: the scan has no plan yet and an equal request.',
    ),
  reason: z.string().describe('The reason as a sentence.'),
  types: z.int().nonnegative().describe('Number of types that the request matches.'),
  resources: z
    .array(z.string())
    .optional()
    .describe(
      'Names of the matched types, when the scan has more types. The caller waits for these only.',
    ),
})
export type JoinedScan = z.infer<typeof JoinedScan>

/** Response of POST /scans: a new scan, or a running one with `joined`. */
export const StartedScan = Scan.extend({ joined: JoinedScan.optional() })
export type StartedScan = z.infer<typeof StartedScan>
