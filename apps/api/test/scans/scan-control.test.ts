import { UnrecoverableError, Worker } from 'bullmq'
import { expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { subscribeToSignals } from '@capstan/redis/signals/subscribe-to-signals'
import { connectRedis } from '@capstan/redis/connect'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import { pauseRoute } from '@capstan/scan-store/queue/pause-route'
import { until } from '@capstan/testkit/until'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { scanMaker } from '../support/scan-maker.ts'

const NAMES = ['a', 'b', 'c'].map((letter) => `${letter}.example.com`)

async function planned(rig: ApiRig): Promise<string> {
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, NAMES)
  await ensureJobs(rig.deps, id)
  return id
}

async function control(rig: ApiRig, id: string, verb: string, json: unknown = {}) {
  const response = await rig.ask(`/api/v1/scans/${id}/${verb}`, { json })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const waiting = (rig: ApiRig) => rig.queue.getJobCountByTypes('prioritized', 'waiting')

test('pause removes the jobs, resume adds them again, and both can be repeated', async () => {
  const rig = await startRig()
  const id = await planned(rig)
  expect(await waiting(rig)).toBe(3)
  const paused = await control(rig, id, 'pause')
  expect(paused).toMatchObject({ status: 202, body: { status: 'paused', pause: { by: 'local' } } })
  expect(await waiting(rig)).toBe(0)
  expect((await control(rig, id, 'pause')).status).toBe(200)
  expect(await control(rig, id, 'resume')).toMatchObject({
    status: 202,
    body: { status: 'queued' },
  })
  expect(await waiting(rig)).toBe(3)
  expect((await control(rig, id, 'resume')).status).toBe(200)
})

test('a scan that was stopped by its budget can be resumed only with a larger budget', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open('test', { maxTokens: 1 })
  await maker.plan(id, NAMES)
  await rig.deps.journal.claim(id, NAMES[0] ?? '', 'w1')
  expect(await control(rig, id, 'resume')).toMatchObject({
    status: 409,
    body: { code: 'WRONG_STATE', hint: expect.stringContaining('budget') as string },
  })
  const more = { budget: { maxTokens: 100_000 } }
  expect(await control(rig, id, 'resume', more)).toMatchObject({
    status: 202,
    body: { status: 'queued', budget: { maxTokens: 100_000, stoppedBy: null } },
  })
  const wrong = await control(rig, id, 'resume', { budget: { maxTokens: -1 } })
  expect(wrong).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '#/budget/maxTokens' }] },
  })
})

test('cancel ends waiting types at once and notifies the workers', async () => {
  const rig = await startRig()
  const id = await planned(rig)
  const subscriber = rig.deps.redis.duplicate({ enableOfflineQueue: true })
  const signalled = new Promise((resolve) => {
    void subscribeToSignals(subscriber, rig.redis.keys, resolve).then(async () => {
      expect((await control(rig, id, 'cancel')).status).toBe(202)
    })
  })
  expect(await signalled).toEqual({ type: 'cancel', scanId: id })
  await expect.poll(() => waiting(rig)).toBe(0)
  const scan = Scan.parse(await (await rig.ask(`/api/v1/scans/${id}`)).json())
  expect(scan).toMatchObject({ status: 'canceled', progress: { canceled: 3 } })
  expect((await control(rig, id, 'cancel')).status).toBe(200)
  expect(await control(rig, id, 'resume')).toMatchObject({
    status: 409,
    body: { code: 'WRONG_STATE' },
  })
  subscriber.disconnect()
})

test('a scan can be canceled before it is planned', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  expect(await control(rig, id, 'cancel')).toMatchObject({ body: { status: 'canceled' } })
})

test('retry runs all failed types, or the named ones, of a finished scan again', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, NAMES)
  expect(await control(rig, id, 'retry')).toMatchObject({
    status: 409,
    body: { code: 'WRONG_STATE' },
  })
  await maker.work(id, 'a.example.com')
  await maker.work(id, 'b.example.com', 'failed')
  await maker.work(id, 'c.example.com', 'failed')
  const named = await control(rig, id, 'retry', { only: ['b.example.com'] })
  expect(named).toMatchObject({
    status: 202,
    body: { status: 'queued', runAttempt: 2, progress: { queued: 1, failed: 1, succeeded: 1 } },
  })
  expect(await waiting(rig)).toBe(1)
  await maker.work(id, 'b.example.com')
  const all = await rig.ask(`/api/v1/scans/${id}/retry`, { method: 'POST' })
  expect(await all.json()).toMatchObject({ runAttempt: 3, progress: { queued: 1, succeeded: 2 } })
})

/** A finished scan whose types b and c have failed, each with a failed job. */
async function partlyFailed(rig: ApiRig): Promise<string> {
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, NAMES)
  await ensureJobs(rig.deps, id)
  const connection = connectRedis(rig.redis.url, 'worker', () => undefined)
  const worker = new Worker(
    rig.queue.name,
    async ({ data }) => {
      const isFailed = data.resource !== NAMES[0]
      await maker.work(id, data.resource, isFailed ? 'failed' : 'succeeded')
      if (isFailed) throw new UnrecoverableError('refused')
    },
    { connection, prefix: rig.redis.keys.bullPrefix },
  )
  worker.on('error', () => undefined)
  await expect.poll(() => rig.queue.getFailedCount()).toBe(2)
  await worker.close()
  connection.disconnect()
  return id
}

test('discard skips the named failed types of a finished scan and removes their jobs, and then all others', async () => {
  const rig = await startRig()
  const id = await partlyFailed(rig)
  const named = await control(rig, id, 'discard', { only: ['b.example.com'] })
  expect(named).toMatchObject({
    status: 200,
    body: { status: 'partial', progress: { failed: 1, skipped: 1 }, failures: { discarded: 1 } },
  })
  const left = await rig.queue.getFailed()
  expect(left.map(({ name }) => name)).toEqual(['c.example.com'])
  expect((await control(rig, id, 'discard', { only: ['b.example.com'] })).body).toEqual(named.body)
  const all = await rig.ask(`/api/v1/scans/${id}/discard`, { method: 'POST' })
  expect(await all.json()).toMatchObject({ status: 'succeeded', failures: { discarded: 2 } })
  expect(await rig.queue.getFailedCount()).toBe(0)
  expect(await rig.queue.getCompletedCount()).toBe(1)
})

test('discard rejects a running scan and names that have not failed', async () => {
  const rig = await startRig()
  expect(await control(rig, await planned(rig), 'discard')).toMatchObject({
    status: 409,
    body: { code: 'WRONG_STATE' },
  })
  const refused = await control(rig, await partlyFailed(rig), 'discard', {
    only: ['b.example.com', 'a.example.com', 'none'],
  })
  expect(refused).toMatchObject({
    status: 422,
    body: {
      code: 'VALIDATION',
      detail: 'Not a failed type of this scan: a.example.com, none',
      errors: [
        { pointer: '#/only', detail: 'a.example.com has not failed in this scan' },
        { pointer: '#/only', detail: 'none has not failed in this scan' },
      ],
    },
  })
  expect(await rig.queue.getFailedCount()).toBe(2)
  expect((await control(rig, `scan_${'0'.repeat(32)}`, 'discard')).status).toBe(404)
})

test('delete removes a finished scan and rejects a running one', async () => {
  const rig = await startRig()
  const id = await planned(rig)
  const path = `/api/v1/scans/${id}`
  expect((await rig.ask(path, { method: 'DELETE' })).status).toBe(409)
  await control(rig, id, 'cancel')
  const gone = await rig.ask(path, { method: 'DELETE' })
  expect(gone.status).toBe(204)
  expect(await gone.text()).toBe('')
  expect((await rig.ask(path)).status).toBe(404)
  expect((await rig.ask(path, { method: 'DELETE' })).status).toBe(404)
})

test('all queues can be paused, and GET /queue reports the desired workers', async () => {
  const rig = await startRig()
  await planned(rig)
  const before = await (await rig.ask('/api/v1/queue')).json()
  expect(before).toMatchObject({ paused: false, backlog: 3, workers: 0, desiredWorkers: 1 })
  const paused = await rig.ask('/api/v1/queue/pause', { method: 'POST' })
  expect(await paused.json()).toMatchObject({ paused: true, backlog: 3, desiredWorkers: 0 })
  const resumed = await rig.ask('/api/v1/queue/resume', { method: 'POST' })
  expect(await resumed.json()).toMatchObject({ paused: false, desiredWorkers: 1 })
  const metrics = await (await rig.ask('/metrics')).text()
  expect(metrics).toContain('capstan_queue_jobs{route="infer-demo",state="prioritized"} 3')
  expect(metrics).toContain('capstan_desired_workers 1')
})

test('a paused route with a batch scan needs one worker, which polls its batches', async () => {
  const rig = await startRig()
  const { journal, queues, redis, keys } = rig.deps
  const route = { provider: 'anthropic', model: 'claude-sonnet-5' } as const
  const { provider, model } = route
  const maker = scanMaker(journal)
  const id = await maker.open('test', {}, { ...route, execution: 'batch' })
  await maker.plan(id, NAMES)
  await ensureJobs(rig.deps, id)
  const queue = queues.get(route).name
  await pauseRoute(redis, keys, { queue, forMs: 60_000, account: null, model, because: 'a limit' })
  const status = await (await rig.ask('/api/v1/queue')).json()
  const view = { queue, provider, backlog: 3, pause: { because: 'a limit' }, desiredWorkers: 1 }
  expect(status).toMatchObject({ desiredWorkers: 1, routes: [view] })
})

test('deleting a scan of 5,000 types removes its finished jobs from the queue, and no job of another scan', async () => {
  const rig = await startRig()
  const { journal, redis, keys } = rig.deps
  const maker = scanMaker(journal)
  const [doomed, other] = [await maker.open('a'), await maker.open('b')]
  await maker.plan(
    doomed,
    Array.from({ length: 5_000 }, (_, index) => `t${index}.example.com`),
  )
  await maker.plan(other, NAMES)
  for (const id of [doomed, other]) await ensureJobs(rig.deps, id)
  const connection = redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true })
  const worker = new Worker(
    rig.queue.name,
    async ({ data }) => {
      if (String(data.resource).endsWith('7.example.com')) throw new UnrecoverableError('for good')
    },
    { connection, prefix: keys.bullPrefix, concurrency: 100 },
  )
  await until('all jobs to end', async () =>
    (await rig.queue.getJobCountByTypes('completed', 'failed')) === 5_003 ? true : undefined,
  )
  await worker.close()
  connection.disconnect()
  await journal.cancel(doomed, 'me')
  const response = await rig.ask(`/api/v1/scans/${doomed}`, { method: 'DELETE' })
  expect(response.status).toBe(204)
  expect(await rig.queue.getJobCounts('completed', 'failed')).toEqual({ completed: 3, failed: 0 })
  const left = await redis.keys(`${keys.prefix}*${doomed}*`)
  expect(left).toEqual([])
})
