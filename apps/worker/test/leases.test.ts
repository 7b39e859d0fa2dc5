import { Redis } from 'ioredis'
import { expect, test as base } from 'vitest'
import { buildInferJobId } from '@capstan/scan-store/queue/infer-queue'
import { publishSignal } from '@capstan/redis/signals/signal'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { runWorker, spawnWorker } from './run-worker.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const ROUTE = { provider: 'anthropic', model: 'test-model' } as const
const types = (count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`Type${index}`))
const FIRST = 'type0s.example.com'

/** A provider that answers nothing before `release`, and calls of so many types that reach it. */
async function inFlight(sim: ProviderSim, count: number): Promise<void> {
  await until(`${count} calls in flight`, () => sim.stats().inFlight === count || undefined)
}

async function waiting(rig: ScanRig, scanId: string, count: number): Promise<void> {
  await until(`${count} types that wait for another scan`, async () => {
    const { waitingFor } = (await rig.journal.scan(scanId)) ?? {}
    return waitingFor?.types === count ? true : undefined
  })
}

async function attemptsOf(rig: ScanRig, scanId: string, resource = FIRST): Promise<string[]> {
  const { attempts = [] } = (await rig.journal.item(scanId, resource)) ?? {}
  return attempts.map(({ outcome }) => outcome)
}

async function eventTypes(rig: ScanRig, scanId: string): Promise<string[]> {
  const { events } = await rig.journal.events(scanId, 0, 1_000)
  return events.map(({ type }) => type)
}

test('two scans of the same types on two workers pay once, and the waiting scan uses no attempt and names the other scan', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  await spawnWorker(rig, sim)
  const payer = await rig.scan(types(4), ROUTE)
  await inFlight(sim, 4)
  await runWorker(rig, sim)
  const waiter = await rig.scan(types(4), ROUTE)
  await waiting(rig, waiter, 4)
  expect(await rig.journal.scan(waiter)).toMatchObject({
    waitingFor: { scanId: payer, types: 4 },
    progress: { queued: 4, running: 0, retrying: 0 },
  })
  const jobId = buildInferJobId(waiter, FIRST)
  await until('a delayed job with the reason in its log', async () => {
    const queue = rig.queues.get(ROUTE)
    const { logs } = await queue.getJobLogs(jobId)
    const isDelayed = (await queue.getJobState(jobId)) === 'delayed'
    return (isDelayed && logs.some((line) => line.includes(payer))) || undefined
  })
  release()
  expect(await rig.ended(payer)).toMatchObject({ status: 'succeeded', usage: { calls: 4 } })
  expect(await rig.ended(waiter)).toMatchObject({
    status: 'succeeded',
    waitingFor: null,
    usage: { calls: 0, cacheHits: 4 },
  })
  expect(sim.stats().calls).toBe(4)
  expect(await attemptsOf(rig, waiter)).toEqual(['succeeded'])
  const seen = await eventTypes(rig, waiter)
  expect(seen.filter((type) => type === 'resource.started')).toHaveLength(4)
  expect(seen).not.toContain('resource.retrying')
})

test('a worker killed during a call delays a full scan of another worker until its heartbeat expires, with one attempt per type', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  const victim = await spawnWorker(rig, sim)
  const killed = await rig.scan(types(3), ROUTE)
  await inFlight(sim, 3)
  await runWorker(rig, sim)
  await victim.stop('SIGKILL')
  release()
  const full = await rig.scan(types(3), { ...ROUTE, mode: 'full' })
  await waiting(rig, full, 3)
  expect(await rig.ended(full)).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
  for (const { type } of types(3)) {
    expect(await attemptsOf(rig, full, `${type.plural}.${type.group}`)).toEqual(['succeeded'])
  }
  expect(await rig.ended(killed)).toMatchObject({ status: 'succeeded' })
})

test('a canceled scan releases its leases at once for the next full scan', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  await runWorker(rig, sim)
  const canceled = await rig.scan(types(4), ROUTE)
  await inFlight(sim, 4)
  await rig.journal.cancel(canceled, 'me')
  await publishSignal(rig.redis, rig.keys, { type: 'cancel', scanId: canceled })
  await rig.ended(canceled)
  const leases = await rig.redis.keys(rig.keys.resultLease('*'))
  expect(leases).toEqual([])
  release()
  const next = await rig.ended(await rig.scan(types(4), { ...ROUTE, mode: 'full' }))
  expect(next).toMatchObject({ status: 'succeeded', usage: { calls: 4 } })
})

test('a lease holder that is suspended for less than its heartbeat timeout keeps its lease, and no other worker pays again', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  const holder = await spawnWorker(rig, sim)
  const payer = await rig.scan(types(1), ROUTE)
  await inFlight(sim, 1)
  await runWorker(rig, sim)
  process.kill(holder.pid, 'SIGSTOP')
  onTestFinished(() => void process.kill(holder.pid, 'SIGCONT'))
  const waiter = await rig.scan(types(1), ROUTE)
  await waiting(rig, waiter, 1)
  // The lease is past its time, the heartbeat is not.
  const [lease = ''] = await rig.redis.keys(rig.keys.resultLease('*'))
  await rig.redis.hset(lease, 'until', 1)
  const [worker] = await rig.redis.hmget(lease, 'worker')
  const looks = async () =>
    (await rig.queues.get(ROUTE).getJobLogs(buildInferJobId(waiter, FIRST))).count
  const before = await looks()
  await rig.redis.zadd(rig.keys.workers, Number((await rig.redis.time())[0]) * 1_000, worker ?? '')
  await until('another look', async () => ((await looks()) > before ? true : undefined))
  expect(sim.stats().calls).toBe(1)
  process.kill(holder.pid, 'SIGCONT')
  release()
  expect(await rig.ended(waiter)).toMatchObject({ usage: { calls: 0 } })
  expect(await rig.ended(payer)).toMatchObject({ status: 'succeeded' })
  expect(sim.stats().calls).toBe(1)
})

test('a Redis that stalls for 20 s makes no other worker pay again', async () => {
  const own = await startOwnRedis(['--enable-debug-command', 'local'])
  onTestFinished(() => own.stop())
  const [rig, sim] = [openScanRig(own.url), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  await spawnWorker(rig, sim)
  const payer = await rig.scan(types(3), ROUTE)
  await inFlight(sim, 3)
  await runWorker(rig, sim)
  const waiter = await rig.scan(types(3), ROUTE)
  await waiting(rig, waiter, 3)
  const stall = new Redis(own.url)
  await stall.call('DEBUG', 'SLEEP', '20')
  stall.disconnect()
  // Other starts have had their chance to ask before the answers come.
  const looks = async () =>
    (await rig.queues.get(ROUTE).getJobLogs(buildInferJobId(waiter, FIRST))).count
  const before = await looks()
  await until('another look', async () => ((await looks()) > before ? true : undefined))
  release()
  for (const scanId of [payer, waiter]) {
    expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  }
  expect(sim.stats().calls).toBe(3)
})

test('a suspended worker whose lease was taken over still records its late answer, and both scans succeed', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const releaseFirst = sim.hold({ matching: 'Type' })
  const holder = await spawnWorker(rig, sim)
  const payer = await rig.scan(types(1), ROUTE)
  await inFlight(sim, 1)
  process.kill(holder.pid, 'SIGSTOP')
  await runWorker(rig, sim)
  const other = await rig.scan(types(1), ROUTE)
  // The second worker takes the lease over once the heartbeat of the suspended one has expired.
  await inFlight(sim, 2)
  process.kill(holder.pid, 'SIGCONT')
  releaseFirst()
  for (const scanId of [payer, other]) {
    expect(await rig.ended(scanId)).toMatchObject({
      status: 'succeeded',
      progress: { succeeded: 1, total: 1 },
    })
  }
  expect(sim.stats().calls).toBeLessThanOrEqual(3)
})
