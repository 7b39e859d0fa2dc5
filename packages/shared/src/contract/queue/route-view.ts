import { z } from 'zod'
import { Provider } from '../provider.ts'
import { JobCounts } from './job-counts.ts'

/** State of the queue of one route. */
export const RouteView = z.object({
  queue: z.string().describe('Name of the BullMQ queue.'),
  provider: Provider,
  model: z.string(),
  counts: JobCounts,
  backlog: z.int().describe('Unfinished jobs: waiting, prioritized, delayed and active.'),
  rateLimit: z
    .object({
      max: z.int().describe('Maximum number of job starts in one window.'),
      windowMs: z.int(),
      boundForMs: z
        .int()
        .describe('Time until the next job start; 0 while the limit is not reached.'),
    })
    .nullable()
    .describe('Rate limit of the queue. Null while the limits of its accounts are unknown.'),
  pause: z
    .object({
      account: z.string().nullable(),
      model: z.string(),
      because: z.string().describe('The cause, as reported by the provider where available.'),
      until: z.iso.datetime(),
    })
    .nullable()
    .describe('Pause of the route. POST /providers/{id}/resume ends it.'),
  workers: z.int().describe('Number of live workers that serve its provider.'),
  desiredWorkers: z
    .int()
    .describe(
      'Worker processes that the backlog can keep busy; at least 1 while a scan with execution batch is unfinished.',
    ),
})
export type RouteView = z.infer<typeof RouteView>
