import type { ApiDeps } from '../deps.ts'

/** Closes every live route that nothing needs now, also those that would stay open for a while. Returns how many. */
export async function closeIdleRoutes({ routes }: Pick<ApiDeps, 'routes'>): Promise<number> {
  const live = await routes.live()
  const closed = await Promise.all(live.map(({ queue }) => routes.closeIfIdle(queue)))
  return closed.filter(Boolean).length
}
