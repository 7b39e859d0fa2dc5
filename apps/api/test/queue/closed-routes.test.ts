import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import type { InferQueue } from '@capstan/scan-store/queue/infer-queue'
import { buildInferJobId } from '@capstan/scan-store/queue/infer-queue'
import { sweepJobs } from '@capstan/scan-store/queue/sweep-jobs'
import { createScanId } from '@capstan/shared/scan-id'
import { until } from '@capstan/testkit/until'
import { clearClosedRoutes } from '../../src/queue/clear-closed-routes.ts'
import { maintainRoutes } from '../../src/queue/maintain-routes.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { readBoard, readBoardQueue } from '../support/read-board.ts'
import { scanMaker } from '../support/scan-maker.ts'

/** Registers a live route with an invented model. */
async function announce({ deps }: ApiRig, model: string): Promise<InferQueue> {
  const route = { provider: 'openai' as const, model }
  const queue = deps.queues.get(route)
  await deps.redis.hset(deps.keys.routes, queue.name, JSON.stringify(route))
  return queue
}

/** Adds one job and lets a real worker complete it. */
async function completeOne({ deps }: ApiRig, queue: InferQueue): Promise<void> {
  const before = await queue.getCompletedCount()
  await queue.add('a.example.com', {} as never, { jobId: buildInferJobId(createScanId(), 'a') })
  const connection = deps.redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true })
  const worker = new Worker(queue.name, async () => undefined, {
    connection,
    prefix: deps.keys.bullPrefix,
  })
  await until('a completed job', async () =>
    (await queue.getCompletedCount()) > before ? true : undefined,
  )
  await worker.close()
  connection.disconnect()
}

function keep(rig: ApiRig): void {
  const keeper = maintainRoutes(rig.deps, { idleMs: 0 })
  onTestFinished(() => keeper.stop())
}

const names = async (rig: ApiRig): Promise<string[]> =>
  (await readBoard(rig)).map(({ name }) => name)

/** Keys of a queue and of its metadata. */
async function listQueueKeys({ deps: { redis, keys } }: ApiRig, queue: string): Promise<string[]> {
  const found = await redis.keys(`${keys.prefix}*`)
  return found.filter((key) => key.includes(`:${queue}:`))
}

test('a closed route stays on the board of every API while it has finished jobs, and then its keys are removed', async () => {
  const one = await startRig()
  const other = await startRig({ redis: one.redis })
  const queue = await announce(one, 'gone')
  await completeOne(one, queue)
  // Both boards have shown it while it was live.
  for (const rig of [one, other]) expect(await names(rig)).toContain(queue.name)
  for (const rig of [one, other]) keep(rig)
  await until('the close of the idle route', async () =>
    (await one.deps.routes.closed()).length === 1 ? true : undefined,
  )
  for (const rig of [one, other]) {
    const shown = await readBoardQueue(rig, queue.name, 'completed')
    expect(shown.jobs).toHaveLength(1)
    expect(shown.description).toContain('Closed: no scan uses this route now.')
  }
  expect(await listQueueKeys(one, queue.name)).not.toEqual([])
  const kept = { completed: 0, failed: 0, ageMs: 86_400_000 }
  await sweepJobs(one.deps, [queue.name], kept)
  await until('the end of the closed route', async () =>
    (await one.deps.routes.closed()).length === 0 ? true : undefined,
  )
  for (const rig of [one, other]) expect(await names(rig)).not.toContain(queue.name)
  expect(await listQueueKeys(one, queue.name)).toEqual([])
})

test('beyond the bound the jobs and keys of the oldest closed routes are removed', async () => {
  const rig = await startRig()
  const { routes } = rig.deps
  for (const model of ['first', 'second', 'third']) {
    const queue = await announce(rig, model)
    await completeOne(rig, queue)
    await routes.closeIfIdle(queue.name)
  }
  await clearClosedRoutes(rig.deps, await routes.closed(), 2)
  const left = (await routes.closed()).map(({ model }) => model)
  expect(new Set(left)).toEqual(new Set(['second', 'third']))
  expect(await listQueueKeys(rig, 'infer-openai-first')).toEqual([])
  const second = rig.deps.queues.get({ provider: 'openai', model: 'second' })
  expect(await second.getCompletedCount()).toBe(1)
})

test('a route that is registered again during its removal stays live', async () => {
  const rig = await startRig()
  const { routes } = rig.deps
  const queue = await announce(rig, 'again')
  await completeOne(rig, queue)
  await routes.closeIfIdle(queue.name)
  const closed = await routes.closed()
  await announce(rig, 'again')
  await rig.deps.redis.hdel(rig.deps.keys.closedRoutes, queue.name)
  await clearClosedRoutes(rig.deps, closed, 0)
  expect(await routes.live()).toMatchObject([{ queue: queue.name }])
  expect(await rig.deps.redis.exists(queue.toKey('meta'))).toBe(1)
})

test('waiting jobs of a closed route without an unfinished scan are removed together with the route', async () => {
  const rig = await startRig()
  const { routes, journal } = rig.deps
  const maker = scanMaker(journal)
  const queue = await announce(rig, 'orphans')
  await routes.closeIfIdle(queue.name)
  const [ended, unfinished] = [await maker.open('a'), await maker.open('b')]
  await journal.cancel(ended, 'me')
  const add = (scanId: string, options: object): Promise<unknown> =>
    queue.add('a', {} as never, { jobId: buildInferJobId(scanId, 'a'), ...options })
  await add(ended, { priority: 5 })
  await add(createScanId(), { delay: 3_600_000 })
  await add(unfinished, { priority: 5 })
  await clearClosedRoutes(rig.deps, await routes.closed())
  expect(await queue.getJobCounts('prioritized', 'delayed')).toEqual({ prioritized: 1, delayed: 0 })
  await journal.cancel(unfinished, 'me')
  keep(rig)
  await until('the end of the closed route', async () =>
    (await routes.closed()).length === 0 ? true : undefined,
  )
  expect(await listQueueKeys(rig, queue.name)).toEqual([])
})

test('a job that was added during the cancellation of its scan does not keep an unserved route open', async () => {
  const rig = await startRig()
  const queue = await announce(rig, 'unserved')
  const scanId = await scanMaker(rig.deps.journal).open()
  await rig.deps.journal.cancel(scanId, 'me')
  await queue.add('a', {} as never, { jobId: buildInferJobId(scanId, 'a'), priority: 1 })
  keep(rig)
  await until('the end of the route', async () => {
    const [live, closed] = await Promise.all([rig.deps.routes.live(), rig.deps.routes.closed()])
    return [...live, ...closed].some(({ queue: name }) => name === queue.name) ? undefined : true
  })
  expect(await listQueueKeys(rig, queue.name)).toEqual([])
})
