import { z } from 'zod'
import { callApi } from './call-api.ts'

const BenchRouteStatus = z.object({
  model: z.string(),
  /** Unfinished jobs. */
  backlog: z.int(),
  pause: z.object({ until: z.iso.datetime() }).nullable(),
})
export type BenchRouteStatus = z.infer<typeof BenchRouteStatus>

const QueueStatus = z.object({ routes: z.array(BenchRouteStatus) })

/** State of the queue of a model's route; undefined while the route is not announced. */
export async function readRoute(
  apiUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<BenchRouteStatus | undefined> {
  const { routes } = QueueStatus.parse(await callApi(`${apiUrl}/api/v1/queue`, { signal }))
  return routes.find((route) => route.model === model)
}
