import type { ApiDeps } from '../deps.ts'

type PauseDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues'>

/** Pauses the queues of all routes. Stored first, so that routes which open later are paused as well. */
export async function pauseQueues(deps: PauseDeps): Promise<void> {
  await deps.redis.set(deps.keys.queuesPaused, new Date().toISOString())
  for (const { queue } of await deps.routes.live()) await deps.queues.getByName(queue).pause()
}

/** Lets the queues of all routes go on. */
export async function resumeQueues(deps: PauseDeps): Promise<void> {
  await deps.redis.del(deps.keys.queuesPaused)
  for (const { queue } of await deps.routes.live()) await deps.queues.getByName(queue).resume()
}
