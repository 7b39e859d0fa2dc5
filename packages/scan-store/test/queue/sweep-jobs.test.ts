import { expect, test, vi } from 'vitest'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { JOB_RETENTION, type InferQueue } from '../../src/queue/infer-queue.ts'
import { removeFinishedJobs } from '../../src/queue/remove-finished-jobs.ts'
import { sweepJobs } from '../../src/queue/sweep-jobs.ts'
import { finishJobs } from './finish-jobs.ts'

const DAY_MS = 86_400_000
const KEPT = { completed: 5, failed: 3, ageMs: 30 * DAY_MS }

function openQueues(rig: ScanRig, count: number): InferQueue[] {
  return Array.from({ length: count }, (_, index) => rig.queues.getByName(`infer-openai-m${index}`))
}

const names = (queues: InferQueue[]): string[] => queues.map(({ name }) => name)

/** Lists the ids of the remaining jobs of these queues. */
async function leftIds(queues: InferQueue[], state: 'completed' | 'failed'): Promise<string[]> {
  const jobs = await Promise.all(queues.map((queue) => queue.getJobs([state])))
  return jobs.flat().map(({ id = '' }) => id)
}

test('a sweep keeps the newest completed and failed jobs of all queues together', async () => {
  const rig = openScanRig()
  const [one, other] = openQueues(rig, 2) as [InferQueue, InferQueue]
  const now = Date.now()
  const hour = (ago: number): number => now - ago * 3_600_000
  const state = 'completed'
  const first = await finishJobs(rig, one, { state, endsMs: [9, 7, 5, 3, 1].map(hour) })
  const second = await finishJobs(rig, other, { state, endsMs: [10, 8, 6, 4, 2].map(hour) })
  const failed = await finishJobs(rig, other, { state: 'failed', endsMs: [5, 4, 3, 2].map(hour) })
  expect(await sweepJobs(rig, names([one, other]), KEPT)).toEqual({ completed: 5, failed: 1 })
  const newest = [...first.slice(2), ...second.slice(3)]
  expect((await leftIds([one, other], 'completed')).toSorted()).toEqual(newest.toSorted())
  expect((await leftIds([other], 'failed')).toSorted()).toEqual(failed.slice(1).toSorted())
  expect(await sweepJobs(rig, names([one, other]), KEPT)).toEqual({ completed: 0, failed: 0 })
})

test('a sweep keeps the exact number of jobs when many ended in the same millisecond', async () => {
  const rig = openScanRig()
  const [one, other] = openQueues(rig, 2) as [InferQueue, InferQueue]
  const [at, earlier] = [Date.now() - 5_000, Date.now() - 6_000]
  const state = 'completed'
  await finishJobs(rig, one, { state, endsMs: [at, at, at, at] })
  const old = await finishJobs(rig, other, { state, endsMs: [earlier, at, at, at, at] })
  expect(await sweepJobs(rig, names([one, other]), KEPT)).toEqual({ completed: 4, failed: 0 })
  const left = await leftIds([one, other], state)
  expect(left).toHaveLength(5)
  expect(left).not.toContain(old[0])
})

test('a sweep removes jobs that ended more than 30 days ago, even below the maximum number', async () => {
  const rig = openScanRig()
  const [queue] = openQueues(rig, 1) as [InferQueue]
  const endsMs = [Date.now() - 31 * DAY_MS, Date.now() - 29 * DAY_MS]
  const [expired] = await finishJobs(rig, queue, { state: 'failed', endsMs })
  expect(await sweepJobs(rig, [queue.name])).toEqual({ completed: 0, failed: 1 })
  expect(await leftIds([queue], 'failed')).not.toContain(expired)
})

test('a sweep removes all keys of a job, including its log', async () => {
  const rig = openScanRig()
  const [queue] = openQueues(rig, 1) as [InferQueue]
  await finishJobs(rig, queue, { state: 'completed', endsMs: [Date.now()] })
  await sweepJobs(rig, [queue.name], { ...KEPT, completed: 0 })
  const left = await rig.redis.keys(`${rig.keys.bullPrefix}:*.completed*`)
  expect(left).toEqual([])
})

test('a sweep keeps the newest jobs when the clocks of workers are ahead', async () => {
  const rig = openScanRig()
  const [queue] = openQueues(rig, 1) as [InferQueue]
  const endsMs = Array.from({ length: 6 }, (_, index) => Date.now() + (index + 1) * 60_000)
  const [oldest] = await finishJobs(rig, queue, { state: 'completed', endsMs })
  expect(await sweepJobs(rig, [queue.name], KEPT)).toEqual({ completed: 1, failed: 0 })
  expect(await leftIds([queue], 'completed')).not.toContain(oldest)
})

test('a sweep reduces 12,000 finished jobs of two queues to 10,000, at most 250 jobs per step', async () => {
  const rig = openScanRig()
  const queues = openQueues(rig, 2)
  for (const [place, queue] of queues.entries()) {
    const pipeline = rig.redis.pipeline()
    for (let index = 0; index < 6_000; index++) {
      const id = `scan_${place}.${index}`
      pipeline.hset(queue.toKey(id), 'name', 'a', 'data', '{}', 'opts', '{}')
      pipeline.zadd(queue.toKey('completed'), Date.now() - (index * 2 + place) * 1_000, id)
    }
    await pipeline.exec()
  }
  const call = vi.spyOn(rig.redis, 'call')
  expect(await sweepJobs(rig, names(queues))).toEqual({ completed: 2_000, failed: 0 })
  const counts = await Promise.all(queues.map((queue) => queue.getCompletedCount()))
  expect(counts).toEqual([JOB_RETENTION.completed / 2, JOB_RETENTION.completed / 2])
  // Arguments of EVALSHA: hash, number of keys, key of the set, and two keys per job.
  const steps = call.mock.calls.map(([, args]) => (Number(Reflect.get(Object(args), 1)) - 1) / 2)
  expect(Math.max(...steps)).toBe(250)
})

test('a sweep of finished jobs keeps a job that was added again after the sweep had listed it', async () => {
  const rig = openScanRig()
  const [queue] = openQueues(rig, 1) as [InferQueue]
  const [id = ''] = await finishJobs(rig, queue, { state: 'failed', endsMs: [Date.now() - 1_000] })
  // Runs between the read of the ids and their removal.
  const list = vi.spyOn(rig.redis, 'zrangebyscore')
  list.mockImplementationOnce((async () => {
    await queue.remove(id)
    await queue.add('a', {} as never, { jobId: id })
    return [id]
  }) as never)
  await removeFinishedJobs(rig, { queue: queue.name, state: 'failed', untilMs: Date.now() })
  expect(await queue.getJobState(id)).toBe('waiting')
})
