import { expect, test } from 'vitest'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { appendJobLog } from '../../src/queue/append-job-log.ts'

const lines = (start: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `[${start}] line ${index}`)

test('the log of a job keeps the last 40 lines of all its starts', async () => {
  const { redis, queue } = openScanRig()
  await queue.add('a', {} as never, { jobId: 'a.job' })
  for (let start = 1; start <= 20; start++) {
    await appendJobLog(redis, queue, 'a.job', lines(start, 3))
  }
  const { logs, count } = await queue.getJobLogs('a.job')
  expect(count).toBe(40)
  expect(logs[0]).toBe('[7] line 2')
  expect(logs.at(-1)).toBe('[20] line 2')
  await appendJobLog(redis, queue, 'a.job', lines(21, 100))
  expect((await queue.getJobLogs('a.job')).logs).toEqual(lines(21, 100).slice(-40))
})

test('a job that was removed gets no log again', async () => {
  const { redis, queue } = openScanRig()
  await queue.add('a', {} as never, { jobId: 'a.job' })
  await queue.remove('a.job')
  await appendJobLog(redis, queue, 'a.job', lines(1, 3))
  expect(await redis.exists(queue.toKey('a.job:logs'))).toBe(0)
})
