import { z } from 'zod'
import { Provider } from '../provider.ts'
import { JobCounts } from './job-counts.ts'
import { RouteView } from './route-view.ts'

/** State of the queues of all routes, and the number of workers that they need. */
export const QueueStatus = z.object({
  paused: z.boolean().describe('Whether the queues are paused. POST /queue/resume resumes them.'),
  counts: JobCounts.describe('Sum over all routes.'),
  backlog: z.int(),
  workers: z.int().describe('Number of worker processes with a heartbeat within the last 20 s.'),
  desiredWorkers: z
    .int()
    .describe(
      'Maximum over routes, because a process has separate slots on each. For KEDA metrics-api.',
    ),
  providers: z.array(
    z.object({ provider: Provider, backlog: z.int(), workers: z.int(), desiredWorkers: z.int() }),
  ),
  routes: z.array(RouteView).describe('Live routes, each with one queue.'),
})
export type QueueStatus = z.infer<typeof QueueStatus>
