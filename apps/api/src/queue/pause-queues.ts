import type { ApiDeps } from '../deps.ts'

type PauseDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues'>

/** Pauses the queues of all routes. The flag is stored first, so that routes that open later are paused as well. */
export async function pauseQueues(deps: PauseDeps): Promise<void> {
  await deps.redis.set(deps.keys.queuesPaused, new Date().toISOString())
  for (const { queue } of await deps.routes.live()) await deps.queues.getByName(queue).pause()
}

/** Resumes the queues of all routes. */
export async function resumeQueues(deps: PauseDeps): Promise<void> {
  await deps.redis.del(deps.keys.queuesPaused)
  for (const { queue } of await deps.routes.live()) await deps.queues.getByName(queue).resume()
}
