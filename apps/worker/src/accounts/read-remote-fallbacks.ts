import type { Redis } from 'ioredis'
import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Limiter } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import type { Route } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { RemoteFallback } from './plan-pause.ts'

interface RemoteFallbackDeps {
  redis: Redis
  keys: RedisKeys
  /** Read only: this worker does not configure limits of accounts that other workers hold. */
  limiter: Pick<Limiter, 'snapshot'>
  workerId: string
  /** Fallback models of this worker. */
  own: Route[]
}

/** Reads the fallback models that other live workers announce for a route and this worker lacks. */
export async function readRemoteFallbacks(
  { redis, keys, limiter, workerId, own }: RemoteFallbackDeps,
  route: Route,
): Promise<RemoteFallback[]> {
  const workers = await listWorkers(redis, keys)
  const others = workers.filter(
    ({ id, draining, providers }) =>
      id !== workerId && !draining && providers.some(({ provider }) => provider === route.provider),
  )
  const isSame = (one: Route, other: Route): boolean =>
    one.provider === other.provider && one.model === other.model
  const looks = others.flatMap(({ fallback = [], accounts }) =>
    fallback
      .filter((to) => !isSame(to, route) && !own.some((mine) => isSame(mine, to)))
      .map(async (to) => {
        const names = accounts.filter(({ provider }) => provider === to.provider)
        const blocks = await Promise.all(
          names.map(({ name }) => limiter.snapshot({ account: name, model: to.model })),
        )
        return { blockedMs: Math.min(...blocks.map((look) => findBlock(look)?.forMs ?? 0)) }
      }),
  )
  return Promise.all(looks)
}
