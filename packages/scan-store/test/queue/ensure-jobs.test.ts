import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import type { Journal } from '../../src/journal/types.ts'
import { ensureJobs } from '../../src/queue/ensure-jobs.ts'
import { buildInferJobId } from '../../src/queue/infer-queue.ts'
import { removeJobs } from '../../src/queue/remove-jobs.ts'
import { buildWorkerSettings } from '../../src/queue/worker-settings.ts'

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))

/** A worker that records the resources of its jobs and then runs `work`. */
function listen(rig: ScanRig, onJob: (resource: string) => Promise<void> | void): Worker {
  const worker = new Worker(
    rig.queue.name,
    async (job) => {
      await onJob(String(job.data.resource))
    },
    { connection: rig.redis, prefix: rig.keys.bullPrefix, ...buildWorkerSettings() },
  )
  worker.on('error', () => undefined)
  onTestFinished(() => worker.close())
  return worker
}

test('every waiting type gets one job, and a repeated call adds none', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(1_200), { jobs: false })
  expect(await rig.ensure(scanId)).toEqual({ added: 1_200 })
  expect(await rig.ensure(scanId)).toEqual({ added: 0 })
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(1_200)
})

test('concurrent processes that add the same jobs create no duplicate', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(300), { jobs: false })
  await Promise.all(Array.from({ length: 5 }, () => rig.ensure(scanId)))
  expect(await rig.queue.getJobCountByTypes('prioritized', 'wait', 'delayed')).toBe(300)
})

test('an interrupted bulk add is completed by the next call', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(40))
  const lost = types(40).slice(15, 30)
  for (const { type } of lost)
    await rig.queue.remove(buildInferJobId(scanId, `${type.plural}.${type.group}`))
  expect(await rig.ensure(scanId)).toEqual({ added: 15 })
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(40)
})

test('a finished job is removed before the next job of the same type is added', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(2))
  const worker = listen(rig, (resource) => {
    if (resource.startsWith('type0')) throw new Error('a failure')
  })
  // No outcome was recorded, so both types still wait.
  await until('both jobs to leave the queue', async () =>
    (await rig.queue.getJobCountByTypes('completed', 'delayed')) === 2 ? true : undefined,
  )
  await worker.close()
  expect(await rig.ensure(scanId)).toEqual({ added: 1 })
  const counts = await rig.queue.getJobCounts('prioritized', 'delayed', 'completed')
  expect(counts).toEqual({ prioritized: 1, delayed: 1, completed: 0 })
})

test('a retrying type gets a job with the remaining delay', async () => {
  const rig = openScanRig()
  const [only] = types(1)
  if (!only) throw new Error('no type')
  const scanId = await rig.scan([only], { jobs: false })
  const claim = await rig.journal.claim(scanId, 'type0s.example.com', 'w')
  if (claim.outcome !== 'claimed') throw new Error('not claimed')
  await rig.journal.record(scanId, 'type0s.example.com', claim.epoch, {
    type: 'retrying',
    problem: { reason: 'timeout', title: 'too slow', retryable: true },
    delayMs: 60_000,
    usesNoAttempt: false,
    worker: 'w',
    startedAt: new Date().toISOString(),
    durationMs: 1,
    provider: 'demo',
    model: 'm',
    usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
    calls: 1,
  })
  await rig.ensure(scanId)
  const job = await rig.queue.getJob(buildInferJobId(scanId, 'type0s.example.com'))
  expect(job?.delay).toBeGreaterThan(50_000)
  expect(job?.delay).toBeLessThanOrEqual(60_000)
})

test('removing the jobs of one scan does not affect other scans', async () => {
  const rig = openScanRig()
  const first = await rig.scan(types(450, 'First'))
  const second = await rig.scan(types(30, 'Second'))
  const pending = await rig.journal.pending(first)
  await removeJobs(
    rig.queue,
    first,
    pending.map((item) => item.resource),
  )
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(30)
  expect(await rig.ensure(second)).toEqual({ added: 0 })
  expect(await rig.ensure(first)).toEqual({ added: 450 })
})

test.each([
  ['paused', (rig: ScanRig, scanId: string) => rig.journal.pause(scanId, 'me', 'requested')],
  ['canceled', (rig: ScanRig, scanId: string) => rig.journal.cancel(scanId, 'me')],
])('a scan that is %s while its jobs are added keeps no job', async (_, stop) => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(600), { jobs: false })
  const jobInputs: Journal['jobInputs'] = async (...args) => {
    const items = await rig.journal.jobInputs(...args)
    await stop(rig, scanId)
    return items
  }
  const deps = { ...rig, journal: { ...rig.journal, jobInputs } }
  expect(await ensureJobs(deps, scanId)).toEqual({ added: 0 })
  expect(await rig.queue.getJobCountByTypes('prioritized', 'wait', 'delayed')).toBe(0)
})

test('a small scan that is added second shares the workers from its first job on', async () => {
  const rig = openScanRig()
  const order: string[] = []
  await rig.scan(types(200, 'Big'))
  await rig.scan(types(20, 'Small'))
  const worker = listen(rig, (resource) => void order.push(resource))
  await until('both scans to be worked off', () => (order.length === 220 ? true : undefined))
  await worker.close()
  const places = order.flatMap((resource, place) => (resource.startsWith('small') ? place : []))
  // It alternates with the large scan: the last of 20 jobs is at position 40 or earlier, not at 220.
  expect(Math.max(...places)).toBeLessThanOrEqual(40)
})

test('high priority jobs run first, and low priority gets a smaller share', async () => {
  const rig = openScanRig()
  const order: string[] = []
  await rig.scan(types(20, 'Low'), { priority: 'low' })
  await rig.scan(types(20, 'Normal'), { priority: 'normal' })
  await rig.scan(types(20, 'High'), { priority: 'high' })
  const worker = listen(rig, (resource) => void order.push(resource))
  await until('all scans to be worked off', () => (order.length === 60 ? true : undefined))
  await worker.close()
  const place = (name: string) =>
    order.flatMap((resource, at) => (resource.startsWith(name) ? at : [])).reduce((a, b) => a + b) /
    20
  expect(order.slice(0, 20).every((resource) => resource.startsWith('high'))).toBe(true)
  expect(place('normal')).toBeLessThan(place('low'))
})
