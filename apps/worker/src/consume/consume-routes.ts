import { sleep } from '@capstan/shared/async/sleep'
import { applyStoredPause } from '@capstan/scan-store/queue/apply-stored-pause'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import { setGuard, UNLIMITED_GUARD } from '@capstan/scan-store/queue/route-guard'
import type { Route } from '@capstan/scan-store/routes/route'
import type { RegisteredRoute, RouteRegistry } from '@capstan/scan-store/routes/route-registry'
import { consumeRoute } from './consume-route.ts'
import type { RouteConsumer, RouteConsumerDeps, RouteConsumerOptions } from './route-consumer.ts'

export interface RouteConsumersDeps extends RouteConsumerDeps {
  routes: Pick<RouteRegistry, 'live'>
  queues: RouteQueues
  /** Returns whether this process has an account for the route. */
  serves: (route: Route) => boolean
  /** Configures the limits of a route's accounts before its first job. */
  configureLimits: (route: Route) => Promise<void>
  /** Called when a consumer is opened or closed, for metrics. */
  onOpened: (route: Route) => void
  onClosed: (route: Route) => void
}

/** The consumers of the live routes that this process serves. */
export interface RouteConsumers {
  /** Resolves when the routes that are live now are consumed. */
  ready(): Promise<void>
  /** Reads the list of routes now. */
  look(): void
  /** Ends the fetch pauses of all consumers. */
  wake(): void
  active(): number
  /** The consumer of a queue; undefined while none is open. */
  opened(queue: string): RouteConsumer | undefined
  interruptScan: RouteConsumer['interruptScan']
  stop(): Promise<void>
}

/** Interval of reading the list of routes, because a pub/sub message may be lost. */
const LOOK_MS = 2_000

/** Opens a consumer for each announced route and closes it with the route, until it is stopped. */
export function consumeRoutes(
  deps: RouteConsumersDeps,
  options: RouteConsumerOptions,
): RouteConsumers {
  const consumers: ConsumersState['consumers'] = new Map()
  const guarded = new Set<string>()
  const stopping = new AbortController()
  let wake = new AbortController()
  const all = (): RouteConsumer[] => [...consumers.values()].map(({ consumer }) => consumer)
  const own = { ...deps, refundJobStart: refundIfGuarded(guarded, deps.refundJobStart) }
  const state: ConsumersState = { consumers, guarded, own, options }
  const first = Promise.withResolvers<void>()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController()
      try {
        await openAndClose(deps, state)
        first.resolve()
      } catch (error) {
        if (!stopping.signal.aborted) deps.log.warn({ err: error }, 'could not read the routes')
      }
      await sleep(LOOK_MS, { signal: wake.signal, ref: false })
    }
    first.resolve()
  }
  const running = run()
  return {
    ready: async () => {
      await first.promise
      await Promise.all(all().map((consumer) => consumer.ready()))
    },
    look: () => wake.abort(),
    wake: () => {
      for (const consumer of all()) consumer.wake()
    },
    active: () => all().reduce((sum, consumer) => sum + consumer.active(), 0),
    opened: (queue) => consumers.get(queue)?.consumer,
    interruptScan: (scanId, name) => {
      for (const consumer of all()) consumer.interruptScan(scanId, name)
    },
    stop: async () => {
      stopping.abort()
      wake.abort()
      await running
      await Promise.all(all().map((consumer) => consumer.stop()))
    },
  }
}

/** Refunds only in queues whose rate limit can be reached. */
function refundIfGuarded(
  guarded: ReadonlySet<string>,
  refundJobStart: RouteConsumerDeps['refundJobStart'],
): RouteConsumerDeps['refundJobStart'] {
  return async (queue, ageMs) => {
    if (guarded.has(queue)) await refundJobStart(queue, ageMs)
  }
}

interface ConsumersState {
  consumers: Map<string, { route: Route; consumer: RouteConsumer }>
  /** Queues whose rate limit can be reached. */
  guarded: Set<string>
  own: RouteConsumerDeps
  options: RouteConsumerOptions
}

async function openAndClose(deps: RouteConsumersDeps, state: ConsumersState): Promise<void> {
  const { consumers, guarded } = state
  const live = (await deps.routes.live()).filter((route) => deps.serves(route))
  const names = new Set(live.map(({ queue }) => queue))
  for (const [name, { consumer, route }] of consumers) {
    if (names.has(name)) continue
    consumers.delete(name)
    // A route is closed only when it is idle, so the stop does not wait for jobs.
    await consumer.stop()
    deps.onClosed(route)
  }
  for (const route of live) {
    if (!consumers.has(route.queue)) await open(deps, state, route)
  }
  await deps.queues.keepOnly(names)
  const limits = await Promise.all(live.map(({ queue }) => readGuard(deps, queue)))
  guarded.clear()
  for (const [index, { queue }] of live.entries()) {
    if ((limits[index] ?? UNLIMITED_GUARD) < UNLIMITED_GUARD) guarded.add(queue)
  }
}

async function open(
  deps: RouteConsumersDeps,
  { consumers, own, options }: ConsumersState,
  route: RegisteredRoute,
): Promise<void> {
  const { stores: redis, keys, log } = deps
  const queue = deps.queues.getByName(route.queue)
  await setGuard({ redis, keys, queue: route.queue }, UNLIMITED_GUARD, { onlyFirst: true })
  // An operator may have paused all queues before this route was announced.
  await applyStoredPause(redis, keys, queue)
  await deps.configureLimits(route)
  deps.onOpened(route)
  consumers.set(route.queue, { route, consumer: consumeRoute(own, queue, options) })
  log.info(route, 'consuming a route')
}

async function readGuard(
  { stores, keys }: RouteConsumersDeps,
  queue: string,
): Promise<number | undefined> {
  const most = await stores.hget(`${keys.bullPrefix}:${queue}:meta`, 'max')
  return most === null ? undefined : Number(most)
}
