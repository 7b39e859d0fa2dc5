import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { pauseRoute, resumeRoute } from '../../src/queue/pause-route.ts'
import {
  subscribeToRouteEvents,
  type RouteEvent,
} from '../../src/reconcile/subscribe-to-route-events.ts'

const log = createSilentLog()
const RESOURCE = 'kafkas.example.com'
const PAUSE = { account: 'main', model: 'demo-rules', because: 'Daily requests are used up' }

/** Two subscribed replicas and the events of each. */
function follow(rig: ScanRig): RouteEvent[][] {
  return [0, 1].map(() => {
    const events: RouteEvent[] = []
    const follower = subscribeToRouteEvents({
      ...rig,
      log,
      connect: () => rig.redis.duplicate(),
      onEvent: (event) => events.push(event),
    })
    onTestFinished(() => follower.stop())
    return events
  })
}

/** Waits until each replica has an event of this type. Returns these events. */
async function nextOfEach(events: RouteEvent[][], type: RouteEvent['type']): Promise<RouteEvent[]> {
  const last = (): RouteEvent[] =>
    events.flatMap((one) => one.filter((event) => event.type === type).slice(-1))
  return until(`an event ${type}`, () => (last().length === events.length ? last() : undefined))
}

test('every replica receives the pause of a route with its cause, and its end', async () => {
  const rig = openScanRig()
  await rig.scan([makeDefinition('Kafka')])
  const events = follow(rig)
  const queue = rig.queue.name
  await pauseRoute(rig.redis, rig.keys, { queue, forMs: 86_400_000, ...PAUSE })
  const untilMs = expect.any(Number) as number
  for (const event of await nextOfEach(events, 'paused')) {
    expect(event).toEqual({ type: 'paused', queue, pause: { ...PAUSE, untilMs } })
  }
  await resumeRoute(rig.redis, rig.keys, queue)
  await nextOfEach(events, 'resumed')
})

test('a pause by an operator has no provider cause', async () => {
  const rig = openScanRig()
  await rig.scan([makeDefinition('Kafka')])
  const events = follow(rig)
  await rig.queue.pause()
  const paused = { type: 'paused', queue: rig.queue.name, pause: null }
  expect(await nextOfEach(events, 'paused')).toEqual([paused, paused])
  await rig.queue.resume()
  await nextOfEach(events, 'resumed')
})

test('the event of a stalled job names its scan and type', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan([makeDefinition('Kafka')])
  const events = follow(rig)
  await rig.journal.claim(scanId, RESOURCE, 'dead')
  const worker = new Worker(rig.queue.name, null, {
    connection: rig.redis,
    prefix: rig.keys.bullPrefix,
    lockDuration: 10,
    stalledInterval: 20,
  })
  worker.on('error', () => undefined)
  onTestFinished(() => worker.close(true))
  // Fetched with a lock that is not renewed, like the job of a killed process.
  await worker.getNextJob('dead')
  await worker.startStalledCheckTimer()
  const stalled = { type: 'stalled', queue: rig.queue.name, scanId, resource: RESOURCE }
  expect(await nextOfEach(events, 'stalled')).toEqual([stalled, stalled])
})

test('route events are read only while the route has an unfinished scan', async () => {
  const rig = openScanRig()
  const readers: Redis[] = []
  const connect = (): Redis => {
    const reader = rig.redis.duplicate()
    readers.push(reader)
    return reader
  }
  const follower = subscribeToRouteEvents({ ...rig, log, connect })
  onTestFinished(() => follower.stop())
  const scanId = await rig.scan([makeDefinition('Kafka')])
  await until('a reader', () => readers.length > 0 || undefined)
  await rig.journal.cancel(scanId, 'me')
  await until('its end', () => readers.every(({ status }) => status === 'end') || undefined)
  expect(readers).toHaveLength(1)
})
