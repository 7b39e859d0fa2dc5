import { z } from 'zod'
import { callApi } from './call-api.ts'

const RouteStatus = z.object({
  model: z.string(),
  /** Jobs that are not done. */
  backlog: z.int(),
  pause: z.object({ until: z.iso.datetime() }).nullable(),
})
export type RouteStatus = z.infer<typeof RouteStatus>

const QueueStatus = z.object({ routes: z.array(RouteStatus) })

/** Where the queue of a model's route stands; undefined while the route is not announced. */
export async function readRoute(
  apiUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<RouteStatus | undefined> {
  const { routes } = QueueStatus.parse(await callApi(`${apiUrl}/api/v1/queue`, { signal }))
  return routes.find((route) => route.model === model)
}
