import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Journal } from '../journal/types.ts'
import type { RedisKeys } from '../redis/keys.ts'
import { inferJobId, type InferQueue } from './infer-queue.ts'
import { jobPresence } from './job-presence.ts'
import { fairPriority, readVirtualTime, type ScanPriority } from './virtual-time.ts'

export interface EnsureJobsDeps {
  redis: Redis
  keys: RedisKeys
  queue: InferQueue
  journal: Pick<Journal, 'pending'>
}

export interface EnsureJobsOptions {
  /** Also items that run by the journal: their job vanished, so nobody will ever end them. */
  running?: boolean
}

/** addBulk sends one pipeline; 500 jobs keep Redis answering others within 20 ms. */
const CHUNK = 500
const Priority = z.enum(['high', 'normal', 'low']).catch('normal')

type Waiting = Awaited<ReturnType<Journal['pending']>>[number]

/**
 * Gives every waiting item of a scan a job when it has none: after planning, resume, retry, and from the
 * reconciler. May be called at any time and by several processes at once. Throws when Redis does.
 */
export async function ensureJobs(
  deps: EnsureJobsDeps,
  scanId: string,
  { running = false }: EnsureJobsOptions = {},
): Promise<{ added: number }> {
  const pending = await deps.journal.pending(scanId)
  const waiting = pending
    .filter((item) => running || item.status !== 'running')
    .toSorted((a, b) => a.index - b.index)
  if (waiting.length === 0) return { added: 0 }
  const order = await orderOf(deps, scanId)
  let added = 0
  for (let from = 0; from < waiting.length; from += CHUNK) {
    const missing = await withoutJob(deps, scanId, waiting.slice(from, from + CHUNK))
    // Places count from the first job added now: a scan resumed late must not queue behind its own past.
    const first = added
    await deps.queue.addBulk(
      missing.map((item, place) => newJob(scanId, item, order(first + place))),
    )
    added += missing.length
  }
  return { added }
}

async function orderOf(
  { redis, keys }: EnsureJobsDeps,
  scanId: string,
): Promise<(place: number) => number> {
  const priority: ScanPriority = Priority.parse(await redis.hget(keys.scan(scanId), 'priority'))
  const now = await readVirtualTime(redis, keys, scanId)
  return (place) => fairPriority(now, place, priority)
}

/** Adding an existing id is a no-op, so a finished job of the same id has to go first. */
async function withoutJob(
  { redis, queue }: EnsureJobsDeps,
  scanId: string,
  items: Waiting[],
): Promise<Waiting[]> {
  const ids = items.map((item) => inferJobId(scanId, item.resource))
  const presence = await jobPresence(redis, queue, ids)
  const finished = ids.filter((_, index) =>
    ['completed', 'failed'].includes(presence[index] ?? 'absent'),
  )
  await Promise.all(finished.map((id) => queue.remove(id)))
  return items.filter((_, index) => presence[index] !== 'live')
}

function newJob(scanId: string, item: Waiting, priority: number) {
  const { resource, definition, nextAttemptAtMs } = item
  const delay = Math.max(0, (nextAttemptAtMs ?? 0) - Date.now())
  return {
    name: 'infer' as const,
    data: { v: 1 as const, scanId, resource, definition },
    opts: {
      jobId: inferJobId(scanId, resource),
      priority,
      ...(delay > 0 ? { delay } : {}),
    },
  }
}
