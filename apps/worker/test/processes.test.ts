import { expect, onTestFinished, test } from 'vitest'
import { buildInferJobId } from '@capstan/scan-store/queue/infer-queue'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker, spawnWorker } from './run-worker.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

const types = (count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`Type${index}`))
const ANTHROPIC = { provider: 'anthropic' } as const
const TEST_ROUTE = { ...ANTHROPIC, model: 'test-model' }
const SLOW = { latency: { kind: 'uniform', minMs: 60_000, maxMs: 60_000 } } as const
const SHORT_LOCKS = { CAPSTAN_LOCK_MS: '1500', CAPSTAN_STALLED_MS: '500' }

/** Types that run, and whose calls have reached the provider: a type runs a moment before it is asked about. */
async function runningCalls(
  rig: ScanRig,
  sim: ProviderSim,
  scanId: string,
  count: number,
): Promise<void> {
  await until(`${count} running types`, async () => {
    const running = (await rig.journal.scan(scanId))?.progress.running
    return running === count && sim.stats().inFlight === count ? true : undefined
  })
}

test('a stopping worker requeues its jobs for another worker without using an attempt', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim(SLOW)]
  const leaving = await spawnWorker(rig, sim)
  expect(await listWorkers(rig.redis, rig.keys)).toMatchObject([
    { pid: leaving.pid, providers: [{ provider: 'anthropic' }, { provider: 'demo' }] },
  ])
  const scanId = await rig.scan(types(6), ANTHROPIC)
  await runningCalls(rig, sim, scanId, 6)
  expect(await leaving.stop('SIGTERM')).toBe(0)
  expect((await rig.journal.scan(scanId))?.progress).toMatchObject({ running: 0, queued: 6 })
  expect(
    await rig.queues.get(TEST_ROUTE).getJobCounts('prioritized', 'active', 'delayed', 'failed'),
  ).toEqual({
    prioritized: 6,
    active: 0,
    delayed: 0,
    failed: 0,
  })
  expect(await listWorkers(rig.redis, rig.keys)).toEqual([])
  sim.configure({})
  await runWorker(rig, sim)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const item = await rig.journal.item(scanId, 'type0s.example.com')
  expect(item?.attempt).toBe(1)
  expect(item?.attempts.map((attempt) => attempt.outcome)).toEqual(['released', 'succeeded'])
})

test('the jobs of a killed worker run again in another worker, and each type ends once', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim(SLOW)]
  const victim = await spawnWorker(rig, sim, SHORT_LOCKS)
  const scanId = await rig.scan(types(8), ANTHROPIC)
  await runningCalls(rig, sim, scanId, 8)
  await victim.stop('SIGKILL')
  sim.configure({})
  await runWorker(rig, sim, SHORT_LOCKS)
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 8, failed: 0 } })
  const { events } = await rig.journal.events(scanId, 0, 1_000)
  const ended = events.filter((event) => event.type === 'resource.succeeded')
  expect(ended).toHaveLength(8)
  expect(new Set(ended.map((event) => event.data['resource'])).size).toBe(8)
})

test('the call of a stalled job continues, and the next attempt of the job waits for the answer', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  // Locks are renewed, and found missing, four times as often as the sweep gives jobs to others.
  await runWorker(rig, sim, { CAPSTAN_LOCK_MS: '1000', CAPSTAN_STALLED_MS: '2000' })
  const scanId = await rig.scan(types(1), ANTHROPIC)
  await runningCalls(rig, sim, scanId, 1)
  const queue = rig.queues.get(TEST_ROUTE)
  const jobId = buildInferJobId(scanId, 'type0s.example.com')
  // The state after an outage that is longer than the lock.
  await rig.redis.del(queue.toKey(`${jobId}:lock`))
  await until('another attempt that waits', async () => {
    const { logs } = await queue.getJobLogs(jobId)
    return logs.some((line) => line.includes('another attempt of this scan')) || undefined
  })
  release()
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const item = await rig.journal.item(scanId, 'type0s.example.com')
  expect(item?.attempts.map((attempt) => attempt.outcome)).toEqual(['succeeded'])
  expect(sim.stats().calls).toBe(1)
  await until('a completed job', async () =>
    (await queue.getJobState(jobId)) === 'completed' ? true : undefined,
  )
})

test('a worker that cannot reach Redis stops at its shutdown timeout', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const [rig, sim] = [openScanRig(own.url), await testProviderSim(SLOW)]
  const worker = await spawnWorker(rig, sim, { SHUTDOWN_TIMEOUT_MS: '500' })
  const scanId = await rig.scan(types(2), ANTHROPIC)
  await runningCalls(rig, sim, scanId, 2)
  await own.kill()
  expect(await worker.stop('SIGTERM')).toBe(1)
})

test('a restart of Redis during a scan neither loses nor repeats a type', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const rig = openScanRig(own.url)
  const sim = await testProviderSim({ latency: { kind: 'uniform', minMs: 50, maxMs: 150 } })
  await runWorker(rig, sim)
  const scanId = await rig.scan(types(60), ANTHROPIC)
  await until('a third of the types', async () =>
    ((await rig.journal.scan(scanId))?.progress.finished ?? 0) >= 20 ? true : undefined,
  )
  await own.kill()
  await own.restart()
  const scan = await rig.ended(scanId)
  expect(scan.progress).toMatchObject({ total: 60, succeeded: 60 })
  expect(sim.stats().calls).toBe(60)
})

test('a full Redis stops the scan without paying twice, and the scan continues when there is room', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const rig = openScanRig(own.url)
  const sim = await testProviderSim()
  const release = sim.hold({ matching: 'Type' })
  // Longer than the outage, as the real ones are meant to be.
  await runWorker(rig, sim, { CAPSTAN_LOCK_MS: '60000', CAPSTAN_STALLED_MS: '500' })
  const scanId = await rig.scan(types(30), ANTHROPIC)
  await until('the first calls', () => (sim.stats().inFlight === 10 ? true : undefined))
  await rig.redis.config('SET', 'maxmemory', '1mb')
  release()
  await until('refusals', async () => {
    const refused = /errorstat_OOM:count=(\d+)/.exec(await rig.redis.info('errorstats'))
    return Number(refused?.[1] ?? 0) >= 45 ? true : undefined
  })
  await rig.redis.config('SET', 'maxmemory', '0')
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(sim.stats().calls).toBe(30)
})

test('the probe serves liveness, readiness and metrics', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const worker = await runWorker(rig, sim)
  await rig.ended(await rig.scan(types(3), ANTHROPIC))
  expect((await fetch(`${worker.url}/livez`)).status).toBe(200)
  expect((await fetch(`${worker.url}/readyz`)).status).toBe(200)
  expect((await fetch(`${worker.url}/livez`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${worker.url}/nothing`)).status).toBe(404)
  const metrics = await (await fetch(`${worker.url}/metrics`)).text()
  expect(metrics).toContain(
    'capstan_resources_total{outcome="succeeded",reason="answered",source="model"} 3',
  )
  expect(metrics).toMatch(
    /capstan_llm_requests_total\{provider="anthropic",model="test-model",outcome="answered"\} 3/,
  )
  expect(metrics).toContain('capstan_worker_concurrency 10')
})
