import type { ChainableCommander, Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { JobCounts } from '@capstan/shared/contract/queue/job-counts'
import { RoutePause } from '@capstan/scan-store/queue/pause-route'
import { PAUSE_MARK, UNLIMITED_GUARD } from '@capstan/scan-store/queue/route-guard'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RegisteredRoute } from '@capstan/scan-store/routes/route-registry'

/** State of the queue of a route in Redis. */
export interface RouteQueueStatus extends RegisteredRoute {
  counts: JobCounts
  /** Whether an operator has paused the queues. */
  paused: boolean
  /** Rate limit of the queue: maximum starts in a window; null when it is too wide to apply. */
  rateLimit: { max: number; windowMs: number; boundForMs: number } | null
  /** Pause of the route: no worker starts a job before its end. */
  pause: RoutePause | null
}

const CountReply = z.number()
const StoredPause = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(RoutePause)
  .nullable()
const StoredGuard = z.tuple([
  z.string().nullable(),
  z.coerce.number().nullable(),
  z.coerce.number().nullable(),
])

/** Reads the state of the queues of these routes, in their order, in one round trip. */
export async function readRouteStatuses(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  routes: RegisteredRoute[],
): Promise<RouteQueueStatus[]> {
  if (routes.length === 0) return []
  const pipeline = redis.pipeline()
  for (const { queue } of routes) addCommands(pipeline, keys, queue)
  const replies = ((await pipeline.exec()) ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  })
  const width = replies.length / routes.length
  return routes.map((route, index) =>
    toStatus(route, replies.slice(index * width, (index + 1) * width)),
  )
}

function addCommands(pipeline: ChainableCommander, keys: RedisKeys, queue: string): void {
  const own = (type: string): string => `${keys.bullPrefix}:${queue}:${type}`
  pipeline.llen(own('wait'))
  pipeline.llen(own('active'))
  for (const type of ['prioritized', 'delayed', 'completed', 'failed']) pipeline.zcard(own(type))
  pipeline.hmget(own('meta'), 'paused', 'max', 'duration')
  pipeline.get(own('limiter'))
  pipeline.pttl(own('limiter'))
  pipeline.get(keys.routePause(queue))
}

function toStatus(route: RegisteredRoute, replies: unknown[]): RouteQueueStatus {
  const [waiting, active, prioritized, delayed, completed, failed] = replies
    .slice(0, 6)
    .map((reply) => CountReply.parse(reply))
  const [paused, max, duration] = StoredGuard.parse(replies[6])
  const counted = Number(replies[7] ?? 0)
  const leftMs = Math.max(0, Number(replies[8]))
  const stored = StoredPause.parse(replies[9])
  return {
    ...route,
    provider: Provider.parse(route.provider),
    counts: {
      waiting: waiting ?? 0,
      prioritized: prioritized ?? 0,
      delayed: delayed ?? 0,
      active: active ?? 0,
      completed: completed ?? 0,
      failed: failed ?? 0,
    },
    paused: paused !== null,
    rateLimit: toRateLimit({ max, duration, counted, leftMs }),
    pause: counted >= PAUSE_MARK ? stored : null,
  }
}

function toRateLimit({
  max,
  duration,
  counted,
  leftMs,
}: {
  max: number | null
  duration: number | null
  counted: number
  leftMs: number
}): RouteQueueStatus['rateLimit'] {
  if (max === null || duration === null || max >= UNLIMITED_GUARD) return null
  const isBound = counted >= max && counted < PAUSE_MARK
  return { max, windowMs: duration, boundForMs: isBound ? leftMs : 0 }
}
