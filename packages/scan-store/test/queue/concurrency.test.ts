import { UnrecoverableError, Worker } from 'bullmq'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { ITEM_STATUSES } from '@capstan/shared/contract/scan/scan-item'
import type { AttemptOutcome } from '@capstan/scan-store/journal/types'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { buildInferJobId } from '../../src/queue/infer-queue.ts'
import { openPlanQueue } from '../../src/queue/plan-queue.ts'
import { buildWorkerSettings } from '../../src/queue/worker-settings.ts'
import { startReconciler, type Reconciler } from '../../src/reconcile/reconciler.ts'
import { FAILED, RELEASED, RETRYING, SUCCEEDED } from '../journal/fixtures.ts'

const types = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    makeDefinition(`Type${String(index).padStart(5, '0')}`),
  )
const resourcesOf = (count: number) =>
  types(count).map(({ type }) => `${type.plural}.${type.group}`)

const waiting = (rig: ScanRig) => rig.queue.getJobCountByTypes('prioritized', 'wait', 'delayed')

/** Claims and records one item like a worker, without its job. */
async function work(
  rig: ScanRig,
  scanId: string,
  resource: string,
  outcome: AttemptOutcome = SUCCEEDED,
) {
  const claim = await rig.journal.claim(scanId, resource, 'w')
  if (claim.outcome !== 'claimed') throw new Error(`not claimed: ${claim.outcome}`)
  await rig.queue.remove(buildInferJobId(scanId, resource))
  await rig.journal.record(scanId, resource, claim.epoch, outcome)
}

/** Lists the items with an unfinished job, in the order of the plan. */
async function withJobs(rig: ScanRig): Promise<string[]> {
  const jobs = await rig.queue.getJobs(['prioritized', 'wait', 'delayed', 'active'])
  return jobs.map(({ data }) => data.resource).toSorted()
}

test('a scan with a concurrency has that many jobs, and each ended item adds the next job of the plan', async () => {
  const rig = openScanRig()
  const names = resourcesOf(5)
  const scanId = await rig.scan(types(5), { concurrency: 2 })
  expect(await withJobs(rig)).toEqual(names.slice(0, 2))
  await work(rig, scanId, names[1] ?? '')
  expect(await rig.ensure(scanId, { isRefill: true })).toEqual({ added: 1 })
  expect(await withJobs(rig)).toEqual([names[0], names[2]])
  await work(rig, scanId, names[0] ?? '', FAILED)
  await rig.ensure(scanId, { isRefill: true })
  expect(await withJobs(rig)).toEqual(names.slice(2, 4))
})

test('a retrying item counts in the concurrency of its scan', async () => {
  const rig = openScanRig()
  const names = resourcesOf(4)
  const scanId = await rig.scan(types(4), { concurrency: 2, jobs: false })
  await work(rig, scanId, names[0] ?? '', RETRYING)
  expect(await rig.ensure(scanId)).toEqual({ added: 2 })
  expect(await withJobs(rig)).toEqual(names.slice(0, 2))
  await work(rig, scanId, names[1] ?? '')
  await rig.ensure(scanId, { isRefill: true })
  expect(await withJobs(rig)).toEqual([names[0], names[2]])
})

test('after a resume and after a retry, a scan with a concurrency has no more jobs than before', async () => {
  const rig = openScanRig()
  const names = resourcesOf(6)
  const scanId = await rig.scan(types(6), { concurrency: 2 })
  await rig.journal.pause(scanId, 'test', 'because')
  await rig.queue.drain()
  await rig.journal.resume(scanId, 'test')
  await rig.ensure(scanId)
  expect(await withJobs(rig)).toEqual(names.slice(0, 2))
  for (const name of names) await work(rig, scanId, name, FAILED)
  await rig.journal.retry(scanId, 'test', names.slice(1))
  await rig.ensure(scanId)
  expect(await withJobs(rig)).toEqual(names.slice(1, 3))
})

test('the next ended item adds all missing jobs, however many there are', async () => {
  const rig = openScanRig()
  const names = resourcesOf(300)
  const scanId = await rig.scan(types(300), { concurrency: 200 })
  for (const name of names.slice(100, 200)) await rig.queue.remove(buildInferJobId(scanId, name))
  await work(rig, scanId, names[0] ?? '')
  expect(await rig.ensure(scanId, { isRefill: true })).toEqual({ added: 101 })
  expect(await waiting(rig)).toBe(200)
})

const OUTCOMES = {
  succeeded: SUCCEEDED,
  failed: FAILED,
  released: RELEASED,
  retrying: { ...RETRYING, delayMs: 0 },
}

interface Play {
  concurrency: number
  count: number
  workers: number
  /** For each item: whether its worker dies between record and add, and its outcome. */
  steps: { dies: boolean; outcome: keyof typeof OUTCOMES }[]
}

const play = fc.record<Play>({
  concurrency: fc.integer({ min: 1, max: 5 }),
  count: fc.integer({ min: 1, max: 25 }),
  workers: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(
    fc.record({
      dies: fc.boolean(),
      outcome: fc.constantFrom('succeeded', 'failed', 'released', 'retrying'),
    }),
    { minLength: 1, maxLength: 30 },
  ),
})

test('a scan ends and never exceeds its concurrency when workers die between the record of an item and the next job', async () => {
  await fc.assert(
    fc.asyncProperty(play, async ({ concurrency, count, workers, steps }) => {
      const rig = openScanRig()
      const reconciler = openReconciler(rig)
      const scanId = await rig.scan(types(count), { concurrency })
      const seen: Seen = { running: 0, most: 0, claims: 0, places: [], putBack: new Set() }
      const stack = new AsyncDisposableStack()
      for (let n = 0; n < workers; n++) {
        const worker = startPlayer(rig, scanId, steps, seen)
        stack.defer(() => worker.close())
      }
      const scan = await until('the end', async () => {
        await reconciler.nextPass()
        const now = await rig.journal.scan(scanId)
        return now?.done ? now : undefined
      })
      await stack.disposeAsync()
      expect(scan.progress.succeeded + scan.progress.failed).toBe(count)
      expect(seen.most).toBeLessThanOrEqual(concurrency)
      expect(Math.max(...seen.places)).toBeLessThanOrEqual(concurrency)
      await reconciler.stop()
    }),
    { numRuns: 12 },
  )
}, 120_000)

interface Seen {
  running: number
  most: number
  claims: number
  places: number[]
  /** Items that were requeued or delayed once. Their next attempt ends them. */
  putBack: Set<string>
}

/** A worker whose n-th claim ends with the n-th step. */
function startPlayer(rig: ScanRig, scanId: string, steps: Play['steps'], seen: Seen): Worker {
  const worker = new Worker(
    rig.queue.name,
    async (job) => {
      const resource = String(job.data.resource)
      const claim = await rig.journal.claim(scanId, resource, 'w')
      if (claim.outcome !== 'claimed') return
      const { dies = false, outcome = 'succeeded' } = steps[seen.claims++ % steps.length] ?? {}
      seen.running += 1
      seen.most = Math.max(seen.most, seen.running)
      seen.places.push(await countPlaces(rig, scanId))
      seen.running -= 1
      const isOver = outcome === 'succeeded' || outcome === 'failed' || seen.putBack.has(resource)
      seen.putBack.add(resource)
      const recorded = isOver && outcome !== 'failed' ? 'succeeded' : outcome
      await rig.journal.record(scanId, resource, claim.epoch, OUTCOMES[recorded])
      if (!isOver) throw new Error('BullMQ tries it again')
      if (!dies) await rig.ensure(scanId, { isRefill: true })
      if (recorded === 'failed') throw new UnrecoverableError('failed')
    },
    {
      connection: rig.redis,
      prefix: rig.keys.bullPrefix,
      concurrency: 4,
      ...buildWorkerSettings(),
      settings: { backoffStrategy: () => 1 },
    },
  )
  worker.on('error', () => undefined)
  return worker
}

/** Lists the jobs of unfinished items in one consistent read. The job of a recorded item may still exist for a moment. */
async function countPlaces({ redis, keys, queue }: ScanRig, scanId: string): Promise<number> {
  const reading = redis.multi()
  for (const status of ITEM_STATUSES) reading.zrange(keys.scanStatus(scanId, status), 0, '-1')
  for (const state of ['wait', 'active']) reading.lrange(queue.toKey(state), 0, -1)
  for (const state of ['prioritized', 'delayed']) reading.zrange(queue.toKey(state), 0, '-1')
  const replies = (await reading.exec()) ?? []
  const lists = replies.map(([, names]) => (names as string[]).map(String))
  const ended = new Set(
    ITEM_STATUSES.flatMap((status, index) =>
      ['queued', 'running', 'retrying'].includes(status) ? [] : (lists[index] ?? []),
    ).map((resource) => buildInferJobId(scanId, resource)),
  )
  const jobs = lists.slice(ITEM_STATUSES.length).flat()
  return jobs.filter((id) => id.startsWith(scanId) && !ended.has(id)).length
}

function openReconciler(rig: ScanRig): Reconciler {
  const planQueue = openPlanQueue(rig.redis, rig.keys)
  const log = createSilentLog()
  const reconciler = startReconciler({ ...rig, planQueue, log }, { intervalMs: 3_600_000 })
  onTestFinished(async () => {
    await reconciler.stop()
    await planQueue.close()
  })
  return reconciler
}

test('adding the next job costs the same in a scan of 5,000 types as in a scan of 50', async () => {
  const server = await startOwnRedis()
  onTestFinished(() => server.stop())
  const rig = openScanRig(server.url)
  const measure = async (count: number): Promise<{ calls: number; bytes: number }> => {
    const scanId = await rig.scan(types(count), { concurrency: 2 })
    const before = await readCosts(rig.redis)
    for (const name of resourcesOf(count).slice(0, 20)) {
      await work(rig, scanId, name)
      await rig.ensure(scanId, { isRefill: true })
    }
    const after = await readCosts(rig.redis)
    await rig.journal.cancel(scanId, 'test')
    return { calls: after.calls - before.calls, bytes: after.bytes - before.bytes }
  }
  const few = await measure(50)
  const many = await measure(5_000)
  expect(many.calls).toBeLessThan(few.calls * 1.1)
  expect(many.bytes).toBeLessThan(few.bytes * 1.1)
})

/** Number of commands that Redis has run, including those of scripts, and bytes that it has sent. */
async function readCosts(redis: Redis): Promise<{ calls: number; bytes: number }> {
  const commands = await redis.info('commandstats')
  const calls = [...commands.matchAll(/calls=(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
  const [, bytes] = /total_net_output_bytes:(\d+)/.exec(await redis.info('stats')) ?? []
  return { calls, bytes: Number(bytes) }
}
