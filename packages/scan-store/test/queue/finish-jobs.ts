import { randomBytes } from 'node:crypto'
import { UnrecoverableError, Worker } from 'bullmq'
import type { ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import type { InferQueue } from '../../src/queue/infer-queue.ts'
import { openJobLogs } from '../../src/queue/job-logs.ts'
import type { FinishedState } from '../../src/queue/remove-finished-jobs.ts'

/** Jobs to finish. `endsMs` holds the end of each job (ms since 1970). */
export interface JobsToFinish {
  state: FinishedState
  endsMs: number[]
}

/** Finishes jobs with a real worker and one log line each, then changes their end times. Returns their ids in order. */
export async function finishJobs(
  { redis, keys }: Pick<ScanRig, 'redis' | 'keys'>,
  queue: InferQueue,
  { state, endsMs }: JobsToFinish,
): Promise<string[]> {
  const ids = endsMs.map(() => `scan_${randomBytes(8).toString('hex')}.${state}`)
  const before = await queue.getJobCountByTypes(state)
  await queue.addBulk(ids.map((jobId) => ({ name: 'a', data: {} as never, opts: { jobId } })))
  const logs = openJobLogs(redis, queue, (error) => {
    throw error
  })
  const worker = new Worker(
    queue.name,
    async ({ id = '' }) => {
      logs.append(id, ['one line'])
      if (state === 'failed') throw new UnrecoverableError('for good')
    },
    { connection: redis.duplicate(), prefix: keys.bullPrefix, concurrency: 50 },
  )
  await until(`${ids.length} ${state} jobs`, async () =>
    (await queue.getJobCountByTypes(state)) === before + ids.length ? true : undefined,
  )
  await worker.close()
  await logs.flush()
  const pipeline = redis.pipeline()
  for (const [index, id] of ids.entries()) {
    pipeline.zadd(queue.toKey(state), 'XX', endsMs[index] ?? 0, id)
  }
  await pipeline.exec()
  return ids
}
