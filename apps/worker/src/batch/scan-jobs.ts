import type { Job } from 'bullmq'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { buildInferJobId } from '@capstan/scan-store/queue/infer-queue'
import { openJobLogs } from '@capstan/scan-store/queue/job-logs'
import { readRoutePauses } from '@capstan/scan-store/queue/pause-route'
import type { PollerDeps } from './poller-deps.ts'

/** The jobs of one scan, as the batch poller handles them in one pass. */
export interface ScanJobs {
  /** Whether an operator has paused the queue. A rate-limit pause does not apply to batches. */
  isPausedByOperator: boolean
  /** Whether a worker holds the job of an item now. */
  isActive(resource: string): Promise<boolean>
  /**
   * Lets the job of an item that was recorded end. A queue that starts jobs completes it, so that it stays on the board; in
   * another one it would look as if the item waited, for as long as the pause lasts.
   */
  finish(resource: string): Promise<void>
  /** Ends the delay of a job that waits for its batch. A running or removed job is left alone. */
  wake(resource: string): Promise<void>
}

/** Reads the state of the queue of a scan's route once. */
export async function readScanJobs(
  { redis, keys, queues, log }: Pick<PollerDeps, 'redis' | 'keys' | 'queues' | 'log'>,
  scan: Scan,
): Promise<ScanJobs> {
  const queue = queues.get(scan)
  const [isPausedByOperator, [pause]] = await Promise.all([
    queue.isPaused(),
    readRoutePauses(redis, keys, [queue.name]),
  ])
  const logs = openJobLogs(redis, queue, (error) => {
    log.debug({ err: error, queue: queue.name }, 'could not write job logs')
  })
  const startsJobs = !isPausedByOperator && !pause
  const readJob = (resource: string): Promise<Job | undefined> =>
    queue.getJob(buildInferJobId(scan.id, resource))
  const wake = async (resource: string): Promise<void> => {
    const job = await readJob(resource)
    if (!job || !(await job.isDelayed())) return
    try {
      await job.promote()
    } catch (error) {
      log.debug({ err: error, scanId: scan.id, resource }, 'another process has started the job')
    }
  }
  return {
    isPausedByOperator,
    isActive: async (resource) => (await (await readJob(resource))?.isActive()) ?? false,
    finish: async (resource) => {
      const jobId = buildInferJobId(scan.id, resource)
      if (!startsJobs) {
        await queue.remove(jobId)
        return
      }
      logs.append(jobId, ['the batch poller has recorded its answer'])
      await wake(resource)
    },
    wake,
  }
}
