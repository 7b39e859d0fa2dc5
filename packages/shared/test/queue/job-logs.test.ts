import { expect, test } from 'vitest'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { openJobLogs } from '../../src/queue/job-logs.ts'

const lines = (start: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `[${start}] line ${index}`)

test('the log of a job keeps the last 40 lines of all its starts', async () => {
  const { redis, queue } = openScanRig()
  const log = openJobLogs(redis, queue)
  await queue.add('a', {} as never, { jobId: 'a.job' })
  for (let start = 1; start <= 20; start++) {
    await log.append('a.job', lines(start, 3))
  }
  const { logs, count } = await queue.getJobLogs('a.job')
  expect(count).toBe(40)
  expect(logs[0]).toBe('[7] line 2')
  expect(logs.at(-1)).toBe('[20] line 2')
  await log.append('a.job', lines(21, 100))
  expect((await queue.getJobLogs('a.job')).logs).toEqual(lines(21, 100).slice(-40))
})

test('a job that was removed gets no log again', async () => {
  const { redis, queue } = openScanRig()
  await queue.add('a', {} as never, { jobId: 'a.job' })
  await queue.remove('a.job')
  await openJobLogs(redis, queue).append('a.job', lines(1, 3))
  expect(await redis.exists(queue.toKey('a.job:logs'))).toBe(0)
})

test('lines of many jobs that are appended together reach each its own log', async () => {
  const { redis, queue } = openScanRig()
  const log = openJobLogs(redis, queue)
  const ids = Array.from({ length: 120 }, (_, index) => `job.${index}`)
  await queue.addBulk(ids.map((jobId) => ({ name: 'a', data: {} as never, opts: { jobId } })))
  await queue.remove('job.7')
  await Promise.all(ids.map((id, index) => log.append(id, lines(index, index % 5))))
  const logs = await Promise.all(ids.map(async (id) => (await queue.getJobLogs(id)).logs))
  expect(logs).toEqual(ids.map((_, index) => (index === 7 ? [] : lines(index, index % 5))))
})
