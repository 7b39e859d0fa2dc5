import type { Redis } from 'ioredis'
import type { Journal } from '../journal/types.ts'
import type { Log } from '@capstan/shared/log'
import { buildInferJobId, parseJobScanId } from '../queue/infer-queue.ts'
import { readJobPresence } from '../queue/read-job-states.ts'
import type { RouteQueues } from '../queue/route-queues.ts'
import { JOB_LOST_PROBLEM } from './reconcile-scan.ts'

interface LostJobDeps {
  redis: Redis
  queues: Pick<RouteQueues, 'getByName'>
  journal: Pick<Journal, 'running' | 'abandon'>
  log: Log
}

/** Fails running items whose jobs BullMQ failed permanently. Errors are logged; the reconciler fails these items later. */
export async function endLostJobs(
  deps: LostJobDeps,
  queue: string,
  jobIds: string[],
): Promise<void> {
  try {
    const items = await findRunningItems(deps.journal, jobIds)
    const ids = items.map(({ scanId, resource }) => buildInferJobId(scanId, resource))
    // The event may be old: the job may have been added again and be active.
    const presence = await readJobPresence(deps.redis, deps.queues.getByName(queue), ids)
    for (const [index, { scanId, resource }] of items.entries()) {
      if (presence[index] === 'failed')
        await deps.journal.abandon(scanId, resource, JOB_LOST_PROBLEM)
    }
  } catch (error) {
    const count = jobIds.length
    deps.log.warn(
      { err: error, queue, count },
      'could not fail the items of failed jobs; the reconciler will',
    )
  }
}

/** Finds the running items of these jobs. The items of most failed jobs were recorded as failed and do not run. */
export async function findRunningItems(
  journal: Pick<Journal, 'running'>,
  jobIds: string[],
): Promise<{ scanId: string; resource: string }[]> {
  const wanted = new Set(jobIds)
  const scanIds = new Set(jobIds.map(parseJobScanId))
  const found: { scanId: string; resource: string }[] = []
  for (const scanId of scanIds) {
    for (const resource of await journal.running(scanId)) {
      if (wanted.has(buildInferJobId(scanId, resource))) found.push({ scanId, resource })
    }
  }
  return found
}
