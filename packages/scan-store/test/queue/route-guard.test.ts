import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { pauseRoute, readRoutePauses, resumeRoute } from '../../src/queue/pause-route.ts'
import {
  computeGuardLimit,
  refundJobStarts,
  setGuard,
  UNLIMITED_GUARD,
} from '../../src/queue/route-guard.ts'
import { buildWorkerSettings } from '../../src/queue/worker-settings.ts'

const types = (count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`Type${index}`))

const guardOf = ({ redis, keys, queue }: ScanRig) => ({ redis, keys, queue: queue.name })
const limiterOf = ({ keys, queue }: ScanRig): string => `${keys.bullPrefix}:${queue.name}:limiter`
const CAUSE = { account: 'main', model: 'demo-rules', because: 'slow down' }

/** Starts two workers of the route. `onStart` runs for each started job. */
function startTwo(rig: ScanRig, onStart: () => Promise<unknown> | void): void {
  for (const name of ['one', 'two']) {
    const worker = new Worker(rig.queue.name, async () => void (await onStart()), {
      connection: rig.redis,
      prefix: rig.keys.bullPrefix,
      concurrency: 5,
      name,
      ...buildWorkerSettings(),
    })
    worker.on('error', () => undefined)
    onTestFinished(() => worker.close())
  }
}

test('the guard is the maximum number of calls that the accounts admit in one minute, including bursts', () => {
  const account = (limit: number, capacity: number) => ({
    dimensions: { requests: { limit, configured: limit, observed: null, capacity, available: 0 } },
  })
  expect(computeGuardLimit([account(50, 8.2)])).toBe(59)
  expect(computeGuardLimit([account(50, 8.2), account(10, 1)])).toBe(70)
  expect(computeGuardLimit([account(50, 8.2), { dimensions: {} }])).toBe(UNLIMITED_GUARD)
  expect(computeGuardLimit([])).toBe(UNLIMITED_GUARD)
  expect(computeGuardLimit([account(900_000_000, 1)])).toBe(UNLIMITED_GUARD)
})

test('job starts without a refund are bounded by the guard over all workers', async () => {
  const rig = openScanRig()
  await setGuard(guardOf(rig), 20)
  let started = 0
  startTwo(rig, () => void (started += 1))
  await rig.scan(types(60))
  await until('a bound guard', async () =>
    (await rig.queue.getRateLimitTtl()) > 0 ? true : undefined,
  )
  expect(started).toBe(20)
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(40)
})

test('refunded job starts do not count towards the job rate limit of the queue', async () => {
  const rig = openScanRig()
  await setGuard(guardOf(rig), 20)
  let started = 0
  startTwo(rig, async () => {
    await refundJobStarts(guardOf(rig), [0])
    started += 1
  })
  await rig.scan(types(60))
  await until('all starts', () => (started === 60 ? true : undefined))
  expect(Number(await rig.redis.get(limiterOf(rig)))).toBe(0)
})

test('a job start of an earlier rate-limit window is not refunded in the current window', async () => {
  const rig = openScanRig()
  await setGuard(guardOf(rig), 20)
  await rig.redis.set(limiterOf(rig), 7, 'PX', 59_000)
  expect(await refundJobStarts(guardOf(rig), [500, 30_000, 900])).toBe(2)
  expect(await rig.redis.get(limiterOf(rig))).toBe('5')
})

test('a refund neither creates a count, nor makes it negative, nor changes a pause', async () => {
  const rig = openScanRig()
  await setGuard(guardOf(rig), 20)
  expect(await refundJobStarts(guardOf(rig), [0])).toBe(0)
  expect(await rig.redis.exists(limiterOf(rig))).toBe(0)
  await rig.redis.set(limiterOf(rig), 1, 'PX', 59_000)
  expect(await refundJobStarts(guardOf(rig), [0, 0, 0])).toBe(1)
  expect(await rig.redis.get(limiterOf(rig))).toBe('0')
  await pauseRoute(rig.redis, rig.keys, { queue: rig.queue.name, forMs: 60_000, ...CAUSE })
  expect(await refundJobStarts(guardOf(rig), [0])).toBe(0)
  expect(await rig.queue.getRateLimitTtl()).toBeGreaterThan(50_000)
})

test('a lower guard starts a new window and a higher one keeps the window', async () => {
  const rig = openScanRig()
  expect(await setGuard(guardOf(rig), UNLIMITED_GUARD)).toBe(UNLIMITED_GUARD)
  expect(await setGuard(guardOf(rig), 50, { onlyFirst: true })).toBe(UNLIMITED_GUARD)
  await rig.redis.set(limiterOf(rig), 500, 'PX', 59_000)
  await setGuard(guardOf(rig), 50)
  expect(await rig.redis.exists(limiterOf(rig))).toBe(0)
  await rig.redis.set(limiterOf(rig), 40, 'PX', 59_000)
  await setGuard(guardOf(rig), 60)
  expect(await rig.redis.get(limiterOf(rig))).toBe('40')
})

test('a lower guard does not end a pause', async () => {
  const rig = openScanRig()
  await setGuard(guardOf(rig), UNLIMITED_GUARD)
  await pauseRoute(rig.redis, rig.keys, { queue: rig.queue.name, forMs: 60_000, ...CAUSE })
  await setGuard(guardOf(rig), 10)
  expect(await rig.queue.getRateLimitTtl()).toBeGreaterThan(50_000)
})

test('the longer of two pauses stays in force with its cause, and resume ends it', async () => {
  const rig = openScanRig()
  const { redis, keys } = rig
  const queue = rig.queue.name
  await setGuard(guardOf(rig), UNLIMITED_GUARD)
  expect(await pauseRoute(redis, keys, { queue, forMs: 60_000, ...CAUSE })).toBe(60_000)
  const short = { ...CAUSE, because: 'another cause' }
  expect(await pauseRoute(redis, keys, { queue, forMs: 1_000, ...short })).toBeGreaterThan(50_000)
  const [pause] = await readRoutePauses(redis, keys, [queue])
  expect(pause).toMatchObject(CAUSE)
  expect(pause?.untilMs).toBeGreaterThan(Date.now() + 50_000)
  const long = { ...CAUSE, because: 'a longer cause' }
  expect(await pauseRoute(redis, keys, { queue, forMs: 90_000, ...long })).toBe(90_000)
  expect(await readRoutePauses(redis, keys, [queue])).toMatchObject([long])
  expect(await resumeRoute(redis, keys, queue)).toBe(true)
  expect(await resumeRoute(redis, keys, queue)).toBe(false)
  expect(await readRoutePauses(redis, keys, [queue])).toEqual([null])
  expect(await rig.queue.getRateLimitTtl()).toBe(0)
})

test('workers continue within two seconds after a pause ends early', async () => {
  const rig = openScanRig()
  const queue = rig.queue.name
  await setGuard(guardOf(rig), UNLIMITED_GUARD)
  await pauseRoute(rig.redis, rig.keys, { queue, forMs: 86_400_000, ...CAUSE })
  let started = 0
  startTwo(rig, () => void (started += 1))
  await rig.scan(types(3))
  expect(buildWorkerSettings().maximumRateLimitDelay).toBeLessThanOrEqual(2_000)
  await resumeRoute(rig.redis, rig.keys, queue)
  await until('all starts', () => (started === 3 ? true : undefined))
})
