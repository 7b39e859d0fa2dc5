import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** `live`: waiting, active or delayed. A `completed` or `failed` job must be removed before a job with the same id is added. */
export type JobState = 'live' | 'completed' | 'failed' | 'absent'

/**
 * Reads the states of jobs, in the order of `ids`. Reads BullMQ's keys in one pipeline, because its getJobState costs a script
 * and a round trip per job.
 */
export async function readJobPresence(
  redis: Redis,
  queue: Pick<Queue, 'toKey'>,
  ids: string[],
): Promise<JobState[]> {
  if (ids.length === 0) return []
  const pipeline = redis.pipeline()
  pipeline.zmscore(queue.toKey('completed'), ...ids)
  pipeline.zmscore(queue.toKey('failed'), ...ids)
  for (const id of ids) pipeline.exists(queue.toKey(id))
  const replies = (await pipeline.exec()) ?? []
  const [completed, failed, ...exists] = replies.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
  return ids.map((_, index) => {
    if (isMember(completed, index)) return 'completed'
    if (isMember(failed, index)) return 'failed'
    return exists[index] === 1 ? 'live' : 'absent'
  })
}

function isMember(scores: unknown, index: number): boolean {
  return Array.isArray(scores) && scores[index] !== null
}
