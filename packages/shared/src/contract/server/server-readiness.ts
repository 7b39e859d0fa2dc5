import { z } from 'zod'
import { ReadinessCheck } from './readiness-check.ts'

/** Response of GET /readyz. */
export const ServerReadiness = z.object({
  ready: z.boolean(),
  notReady: z.array(z.string()).describe('Reasons why the server is not ready.'),
  degraded: z.array(z.string()).describe('Faults that do not prevent requests from being served.'),
  checks: z.array(ReadinessCheck).optional(),
})
export type ServerReadiness = z.infer<typeof ServerReadiness>
