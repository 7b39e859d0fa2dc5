import { expect, test } from 'vitest'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { openJobLogs } from '../../src/queue/job-logs.ts'

const fail = (error: unknown): never => {
  throw error
}

const lines = (start: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `[${start}] line ${index}`)

test('the log of a job keeps the last 40 lines of all its attempts', async () => {
  const { redis, queue } = openScanRig()
  const log = openJobLogs(redis, queue, fail)
  await queue.add('a', {} as never, { jobId: 'a.job' })
  for (let start = 1; start <= 20; start++) {
    log.append('a.job', lines(start, 3))
    await log.flush()
  }
  const { logs, count } = await queue.getJobLogs('a.job')
  expect(count).toBe(40)
  expect(logs[0]).toBe('[7] line 2')
  expect(logs.at(-1)).toBe('[20] line 2')
  log.append('a.job', lines(21, 100))
  await log.flush()
  expect((await queue.getJobLogs('a.job')).logs).toEqual(lines(21, 100).slice(-40))
})

test('a removed job gets no log', async () => {
  const { redis, queue } = openScanRig()
  await queue.add('a', {} as never, { jobId: 'a.job' })
  await queue.remove('a.job')
  const log = openJobLogs(redis, queue, fail)
  log.append('a.job', lines(1, 3))
  await log.flush()
  expect(await redis.exists(queue.toKey('a.job:logs'))).toBe(0)
})

test('lines of many jobs in one call reach their own logs', async () => {
  const { redis, queue } = openScanRig()
  const log = openJobLogs(redis, queue, fail)
  const ids = Array.from({ length: 120 }, (_, index) => `job.${index}`)
  await queue.addBulk(ids.map((jobId) => ({ name: 'a', data: {} as never, opts: { jobId } })))
  await queue.remove('job.7')
  for (const [index, id] of ids.entries()) log.append(id, lines(index, index % 5))
  await log.flush()
  const logs = await Promise.all(ids.map(async (id) => (await queue.getJobLogs(id)).logs))
  expect(logs).toEqual(ids.map((_, index) => (index === 7 ? [] : lines(index, index % 5))))
})

test('lines are written without a flush, and write errors are reported', async () => {
  const { redis, queue } = openScanRig()
  const errors: unknown[] = []
  const log = openJobLogs(redis, queue, (error) => errors.push(error))
  await queue.add('a', {} as never, { jobId: 'a.job' })
  log.append('a.job', lines(1, 2))
  await expect.poll(async () => (await queue.getJobLogs('a.job')).logs).toEqual(lines(1, 2))
  await redis.set(queue.toKey('a.job:logs'), 'no list')
  log.append('a.job', lines(2, 2))
  await log.flush()
  expect(errors).toHaveLength(1)
})
