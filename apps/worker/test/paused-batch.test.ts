import { expect, test as base } from 'vitest'
import { z } from 'zod'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { collectAnswers } from './collect-answers.ts'
import { endPause, isRoutePaused, pauseForADay } from './pause-for-a-day.ts'
import { KEY, runWorker, spawnWorker } from './run-worker.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))
const ROUTE = { provider: 'anthropic', model: 'claude-sonnet-5' } as const
const BATCH = { ...ROUTE, execution: 'batch' } as const
const QUICK = { CAPSTAN_BATCH_POLL_MS: '50', CAPSTAN_BATCH_MAX_WAIT_MS: '600000' }
const Listed = z.object({
  data: z.array(z.object({ request_counts: z.object({ succeeded: z.int() }) })),
})
const resourceOf = (index: number): string => `type${index}s.example.com`

/** Types of a cluster that have a row in the catalog. */
async function found(rig: ScanRig, cluster: string): Promise<string[]> {
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data } = await catalog.list({ cluster }, { limit: 200 })
  await catalog.close()
  return data.map(({ resource }) => resource).toSorted()
}

/** Costs half as much as calls, and every type was answered and counted once. */
function expectPaidOnce({ usage }: Scan, calls: number): void {
  expect(usage.calls).toBe(calls)
  const inCalls = (usage.inputTokens * 2 + usage.outputTokens * 10) / 1e6
  expect(usage.costUsd).toBeCloseTo(inCalls / 2, 5)
}

function openBatches(rig: ScanRig, scanId: string): Promise<number> {
  return rig.redis.hlen(rig.keys.batches(scanId))
}

async function oneOpenBatch(rig: ScanRig, scanId: string): Promise<void> {
  await until('a batch of the scan', async () =>
    (await openBatches(rig, scanId)) > 0 ? true : undefined,
  )
}

test('a route that is paused before the first job starts delays neither submission nor recording of a batch', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  await runWorker(rig, sim, QUICK)
  const scanId = await rig.scan(types(8), { ...BATCH, cluster: 'prod' })
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 8 } })
  expectPaidOnce(scan, 8)
  expect(sim.stats().calls).toBe(8)
  expect(await found(rig, 'prod')).toEqual(types(8).map((_, index) => resourceOf(index)))
  expect(await isRoutePaused(rig, ROUTE)).toBe(true)
  const { data } = await rig.journal.items(scanId, { limit: 10 })
  // No job has started: the attempt that succeeded is the only one.
  expect(data.map(({ attempts }) => attempts.map(({ outcome }) => outcome))).toEqual(
    Array(8).fill(['succeeded']),
  )
  const queue = rig.queues.get(ROUTE)
  await until('a queue without jobs of recorded types', async () =>
    (await queue.getJobCountByTypes('prioritized', 'delayed', 'wait', 'active')) === 0
      ? true
      : undefined,
  )
  expect(await rig.redis.exists(rig.keys.batchAnswers(scanId))).toBe(0)
})

test('a route that is paused while a batch runs does not delay its recording', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ batches: { processingMs: 1_500 } })
  await runWorker(rig, sim, QUICK)
  const scanId = await rig.scan(types(8), { ...BATCH, cluster: 'prod' })
  await oneOpenBatch(rig, scanId)
  await pauseForADay(rig, ROUTE)
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 8 } })
  expectPaidOnce(scan, 8)
  expect(await found(rig, 'prod')).toHaveLength(8)
  expect(await isRoutePaused(rig, ROUTE)).toBe(true)
})

test('answers collected by a poller that died are recorded while their route is paused', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  const scanId = await rig.scan(types(3), { ...BATCH, cluster: 'prod' })
  await collectAnswers(rig, scanId, types(3))
  await runWorker(rig, sim, QUICK)
  expect(await rig.ended(scanId)).toMatchObject({
    status: 'succeeded',
    usage: { calls: 3, inputTokens: 300, outputTokens: 150 },
  })
  expect(await found(rig, 'prod')).toHaveLength(3)
  expect(sim.stats().calls).toBe(0)
})

test('a batch answer that needs a repair waits for the end of the pause and delays no other answer or batch', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    faults: [{ kind: 'broken-text', matching: 'Type1 (', times: 1 }],
  })
  await pauseForADay(rig, ROUTE)
  // Two batches of a scan with a budget: the second one does not wait for the repair.
  await runWorker(rig, sim, { ...QUICK, CAPSTAN_BATCH_MAX_REQUESTS: '3' })
  const budget = { maxTokens: 1_000_000 }
  const scanId = await rig.scan(types(6), { ...BATCH, cluster: 'prod', budget })
  await until('all other types', async () =>
    (await rig.journal.scan(scanId))?.progress.succeeded === 5 ? true : undefined,
  )
  expect(await rig.journal.item(scanId, resourceOf(1))).toMatchObject({ status: 'queued' })
  expect(await found(rig, 'prod')).toHaveLength(5)
  expect(sim.stats().calls).toBe(6)
  await endPause(rig, ROUTE)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 7 } })
  expect(sim.stats().calls).toBe(7)
})

test('two workers record each answer of a batch once while its route is paused', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  const settings = { ...QUICK, CAPSTAN_BATCH_POLL_MS: '20', CAPSTAN_BATCH_MAX_REQUESTS: '25' }
  await Promise.all([runWorker(rig, sim, settings), runWorker(rig, sim, settings)])
  const scanId = await rig.scan(types(120), { ...BATCH, cluster: 'prod' })
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 120 } })
  expectPaidOnce(scan, 120)
  expect(sim.stats().calls).toBe(120)
  expect(await found(rig, 'prod')).toHaveLength(120)
})

test('jobs and pollers of two workers that meet at the same answers count each of them once', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const settings = { ...QUICK, CAPSTAN_BATCH_POLL_MS: '5', CAPSTAN_BATCH_MAX_REQUESTS: '10' }
  await Promise.all([runWorker(rig, sim, settings), runWorker(rig, sim, settings)])
  const scanId = await rig.scan(types(80), { ...BATCH, cluster: 'prod' })
  const queue = rig.queues.get(ROUTE)
  const scan = await until(
    'the end of the scan',
    async () => {
      // Jobs look for their answers all the time, not only when a poller wakes them.
      const delayed = await queue.getDelayed()
      await Promise.all(delayed.map((job) => job.promote().catch(() => undefined)))
      const seen = await rig.journal.scan(scanId)
      return seen?.done ? seen : undefined
    },
    { everyMs: 1 },
  )
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 80 } })
  expectPaidOnce(scan, 80)
  expect(sim.stats().calls).toBe(80)
  const { data } = await rig.journal.items(scanId, { limit: 100 })
  for (const { attempts } of data) {
    expect(attempts.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  }
  // A queue that starts jobs completes those of recorded types, so that they stay on its board.
  await until('the end of all jobs', async () =>
    (await queue.getCompletedCount()) === 80 ? true : undefined,
  )
})

test('a batch does not remove the jobs of a scan without batches from their paused queue', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  await runWorker(rig, sim, QUICK)
  const byCalls = await rig.scan(types(20, 'Call'), ROUTE)
  const byBatch = await rig.ended(await rig.scan(types(5), BATCH))
  expect(byBatch).toMatchObject({ status: 'succeeded', usage: { calls: 5 } })
  // The first jobs find out that their account is paused and return to the queue.
  await expect.poll(() => rig.queues.get(ROUTE).getJobCountByTypes('prioritized')).toBe(20)
  await expect.poll(() => rig.journal.scan(byCalls)).toMatchObject({ progress: { queued: 20 } })
  await endPause(rig, ROUTE)
  expect(await rig.ended(byCalls)).toMatchObject({ status: 'succeeded', usage: { calls: 20 } })
})

test('two batch scans of the same types pay once for each answer while their route is paused', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  await runWorker(rig, sim, QUICK)
  const ids = [
    await rig.scan(types(4), { ...BATCH, cluster: 'one' }),
    await rig.scan(types(4), { ...BATCH, cluster: 'two' }),
  ]
  const scans = await Promise.all(ids.map((id) => rig.ended(id)))
  expect(scans.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
  expect(scans.reduce((sum, { usage }) => sum + usage.calls, 0)).toBe(4)
  expect(scans.reduce((sum, { usage }) => sum + usage.cacheHits, 0)).toBe(4)
  expect(sim.stats().calls).toBe(4)
  expect(await found(rig, 'two')).toHaveLength(4)
})

test('a batch holds no more questions than the concurrency of its scan, also while its route is paused', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  await runWorker(rig, sim, { ...QUICK, CAPSTAN_BATCH_MAX_WAIT_MS: '1' })
  const scanId = await rig.scan(types(5), { ...BATCH, concurrency: 2 })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 5 } })
  const response = await fetch(`${sim.url}/v1/messages/batches`, { headers: { 'x-api-key': KEY } })
  const { data } = Listed.parse(await response.json())
  const sizes = data.map(({ request_counts: { succeeded } }) => succeeded)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2)
})

test('the budget applies to batch questions that no job has claimed', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  await runWorker(rig, sim, QUICK)
  const budget = { maxTokens: 3 * (types(1)[0]?.outlineTokens ?? 0) + 1 }
  const scanId = await rig.scan(types(8), { ...BATCH, budget })
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' ? scan : undefined
  })
  expect(paused).toMatchObject({
    pause: { problem: { reason: 'budget_exceeded' } },
    progress: { succeeded: 3, queued: 5 },
  })
  expect(sim.stats().calls).toBe(3)
  await rig.journal.resume(scanId, 'me', { maxTokens: 1_000_000 })
  await rig.ensure(scanId)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 8 } })
})

test('a scan that has reached its maximum of failures submits no batch', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await pauseForADay(rig, ROUTE)
  const scanId = await rig.scan(types(4), { ...BATCH, budget: { maxFailures: 1 } })
  const problem = { reason: 'internal', title: 'a fault of the test', retryable: false } as const
  await rig.journal.abandon(scanId, resourceOf(0), problem)
  await runWorker(rig, sim, QUICK)
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' ? scan : undefined
  })
  expect(paused.pause?.problem).toMatchObject({ reason: 'budget_exceeded' })
  expect(await openBatches(rig, scanId)).toBe(0)
  expect(sim.stats().calls).toBe(0)
})

test('a pause by an operator stops new batches, and running batches are recorded', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ batches: { processingMs: 1_500 } })
  const queue = rig.queues.get(ROUTE)
  await runWorker(rig, sim, QUICK)
  const running = await rig.scan(types(4), BATCH)
  await oneOpenBatch(rig, running)
  await queue.pause()
  const waiting = await rig.scan(types(4, 'Later'), BATCH)
  expect(await rig.ended(running)).toMatchObject({ status: 'succeeded', usage: { calls: 4 } })
  // The poller looks at all scans in turn: after each end of a later one it has seen this one.
  for (const cluster of ['one', 'two']) {
    const other = { provider: 'anthropic', model: 'claude-haiku-5', execution: 'batch' } as const
    await rig.ended(await rig.scan(types(1, cluster), { ...other, cluster }))
  }
  expect(await openBatches(rig, waiting)).toBe(0)
  expect(await rig.redis.exists(rig.keys.batchQuestions(waiting))).toBe(0)
  await queue.resume()
  expect(await rig.ended(waiting)).toMatchObject({ status: 'succeeded', usage: { calls: 4 } })
})

test('the batch of a worker killed on a paused route is collected by another worker', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ batches: { processingMs: 3_000 } })
  const settings = { ...QUICK, CAPSTAN_CALL_TIMEOUT_MS: '1000' }
  await pauseForADay(rig, ROUTE)
  const victim = await spawnWorker(rig, sim, settings)
  const scanId = await rig.scan(types(7), { ...BATCH, cluster: 'prod' })
  await oneOpenBatch(rig, scanId)
  await victim.stop('SIGKILL')
  await runWorker(rig, sim, settings)
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 7 } })
  expectPaidOnce(scan, 7)
  expect(sim.stats().calls).toBe(7)
  expect(await found(rig, 'prod')).toHaveLength(7)
})
