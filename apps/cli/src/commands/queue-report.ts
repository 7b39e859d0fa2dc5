import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'

const RouteRow = z.looseObject({
  queue: z.string(),
  provider: Provider,
  model: z.string(),
  backlog: z.number(),
  workers: z.number(),
  counts: z.looseObject({ active: z.number(), completed: z.number(), failed: z.number() }),
  rateLimit: z.looseObject({ max: z.number(), boundForMs: z.number() }).nullable(),
  pause: z
    .looseObject({ account: z.string().nullable(), because: z.string(), until: z.string() })
    .nullable(),
})
export type RouteRow = z.infer<typeof RouteRow>

/** Response of GET /queue. */
export const QueueReport = z.looseObject({
  paused: z.boolean(),
  backlog: z.number(),
  workers: z.number(),
  routes: z.array(RouteRow),
})
