import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { createScanId } from '@capstan/shared/scan-id'
import type { RepairKind } from '../../src/reconcile/reconcile-scan.ts'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { buildInferJobId } from '../../src/queue/infer-queue.ts'
import { openPlanQueue, buildPlanJobId, type PlanQueue } from '../../src/queue/plan-queue.ts'
import { subscribeToRouteEvents } from '../../src/reconcile/subscribe-to-route-events.ts'
import { startReconciler, type Reconciler } from '../../src/reconcile/reconciler.ts'

const log = createSilentLog()
const types = (count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`Type${index}`))
const RESOURCE = 'type0s.example.com'

interface Reconciled extends ScanRig {
  planQueue: PlanQueue
  repairs: Record<string, number>
  reconciler: Reconciler
}

function openReconciled(): Reconciled {
  const rig = openScanRig()
  const planQueue = openPlanQueue(rig.redis, rig.keys)
  const repairs: Record<string, number> = {}
  const onRepair = (what: RepairKind, count: number) => {
    repairs[what] = (repairs[what] ?? 0) + count
  }
  // A long interval, so that `nextPass` of the test starts every pass except the first.
  const deps = { ...rig, planQueue, log, onRepair }
  const reconciler = startReconciler(deps, { intervalMs: 3_600_000 })
  onTestFinished(async () => {
    await reconciler.stop()
    await planQueue.close()
  })
  return { ...rig, planQueue, repairs, reconciler }
}

/** Runs enough passes for the reconciler to see a scan without progress. */
async function twoPasses({ reconciler }: Reconciled): Promise<void> {
  await reconciler.nextPass()
  await reconciler.nextPass()
}

/** Fails the job of a type permanently, like the stall limit. */
async function failJob(rig: ScanRig, scanId: string): Promise<void> {
  const worker = new Worker(
    rig.queue.name,
    () => {
      throw Object.assign(new Error('stalled too often'), { name: 'UnrecoverableError' })
    },
    { connection: rig.redis, prefix: rig.keys.bullPrefix },
  )
  worker.on('error', () => undefined)
  const id = buildInferJobId(scanId, RESOURCE)
  await until('the job to fail', async () =>
    (await rig.queue.getJobState(id)) === 'failed' ? true : undefined,
  )
  await worker.close()
}

test('the reconciler adds a job for a waiting type without one', async () => {
  const rig = openReconciled()
  await rig.scan(types(7), { jobs: false })
  await twoPasses(rig)
  expect(rig.repairs).toEqual({ missing_job: 7 })
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(7)
})

test('the reconciler does not change a scan with progress', async () => {
  const rig = openReconciled()
  const scanId = await rig.scan(types(3), { jobs: false })
  await rig.reconciler.nextPass()
  await rig.journal.claim(scanId, RESOURCE, 'w')
  await rig.reconciler.nextPass()
  expect(rig.repairs).toEqual({})
})

test('the reconciler adds no jobs to a paused scan until it is resumed', async () => {
  const rig = openReconciled()
  const scanId = await rig.scan(types(3), { jobs: false })
  await rig.journal.pause(scanId, 'me', 'asked')
  await twoPasses(rig)
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(0)
  await rig.journal.resume(scanId, 'me')
  await twoPasses(rig)
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(3)
})

test('the reconciler adds a job for a running type whose job is missing', async () => {
  const rig = openReconciled()
  const scanId = await rig.scan(types(1), { jobs: false })
  await rig.journal.claim(scanId, RESOURCE, 'gone')
  await twoPasses(rig)
  expect(rig.repairs).toEqual({ missing_job: 1 })
  expect(await rig.queue.getJobState(buildInferJobId(scanId, RESOURCE))).toBe('prioritized')
})

test('a running type whose job failed permanently fails as worker_lost, and the scan ends', async () => {
  const rig = openReconciled()
  const scanId = await rig.scan(types(1))
  await rig.journal.claim(scanId, RESOURCE, 'dead')
  await failJob(rig, scanId)
  await twoPasses(rig)
  const item = await rig.journal.item(scanId, RESOURCE)
  expect(item).toMatchObject({ status: 'failed', problem: { reason: 'worker_lost' } })
  expect((await rig.journal.scan(scanId))?.done).toBe(true)
})

test('a canceling scan does not wait for a dead worker', async () => {
  const rig = openReconciled()
  const scanId = await rig.scan(types(2), { jobs: false })
  await rig.journal.claim(scanId, RESOURCE, 'dead')
  await rig.journal.cancel(scanId, 'me')
  expect((await rig.journal.scan(scanId))?.status).toBe('canceling')
  await twoPasses(rig)
  expect((await rig.journal.scan(scanId))?.status).toBe('canceled')
})

test('the reconciler adds the missing plan job of a discovering scan', async () => {
  const rig = openReconciled()
  const id = createScanId()
  await rig.journal.open({
    id,
    request: {
      cluster: 'c',
      include: ['*'],
      exclude: [],
      mode: 'incremental',
      priority: 'normal',
      onConflict: 'join',
      labels: {},
    },
    provider: 'demo',
    price: null,
    model: 'm',
    createdBy: 'test',
  })
  await twoPasses(rig)
  expect((await rig.planQueue.getJob(buildPlanJobId(id)))?.data).toEqual({ v: 1, scanId: id })
  await twoPasses(rig)
  expect(rig.repairs).toEqual({ plan_job: 1 })
})

test('two concurrent reconcilers add no duplicate job', async () => {
  const rig = openReconciled()
  const second = startReconciler({ ...rig, log }, { intervalMs: 3_600_000 })
  onTestFinished(() => second.stop())
  await rig.scan(types(50), { jobs: false })
  await Promise.all([rig.reconciler.nextPass(), second.nextPass()])
  await Promise.all([rig.reconciler.nextPass(), second.nextPass()])
  expect(await rig.queue.getJobCountByTypes('prioritized', 'wait', 'delayed')).toBe(50)
})

test('a job that fails without a worker ends its item through the events of the queue', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(1))
  await rig.journal.claim(scanId, RESOURCE, 'dead')
  await failJob(rig, scanId)
  // Started only now: earlier events are read as well.
  const follower = subscribeToRouteEvents({ ...rig, log, connect: () => rig.redis.duplicate() })
  onTestFinished(() => follower.stop())
  const scan = await rig.ended(scanId)
  expect(scan.failures.byReason).toEqual({ worker_lost: 1 })
  expect(
    await until(
      'the cursor',
      async () => (await rig.redis.get(rig.keys.queueEventsCursor(rig.queue.name))) ?? undefined,
    ),
  ).toMatch(/^\d+-\d+$/)
})

test('an old failed event of a job that is active again does not end its item', async () => {
  const rig = openScanRig()
  const scanId = await rig.scan(types(2))
  await failJob(rig, scanId)
  await rig.ensure(scanId)
  await rig.journal.claim(scanId, RESOURCE, 'alive')
  const follower = subscribeToRouteEvents({ ...rig, log, connect: () => rig.redis.duplicate() })
  await until(
    'the event to be handled',
    async () => (await rig.redis.get(rig.keys.queueEventsCursor(rig.queue.name))) ?? undefined,
  )
  await follower.stop()
  expect((await rig.journal.item(scanId, RESOURCE))?.status).toBe('running')
})
