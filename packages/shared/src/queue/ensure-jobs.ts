import type { Redis } from 'ioredis'
import { z } from 'zod'
import { usesBatches } from '../batches/uses-batches.ts'
import { Execution, Provider } from '../contract/scan.ts'
import type { Journal, PendingItem } from '../journal/types.ts'
import type { RedisKeys } from '../redis/keys.ts'
import { publishSignal } from '../signals/signal.ts'
import { inferJobId, type InferQueue } from './infer-queue.ts'
import { jobPresence } from './job-presence.ts'
import { listItemsWithJobs } from './list-items-with-jobs.ts'
import type { RouteQueues } from './route-queues.ts'
import { fairPriority, readVirtualTime, type ScanPriority } from './virtual-time.ts'

export interface EnsureJobsDeps {
  redis: Redis
  keys: RedisKeys
  queues: Pick<RouteQueues, 'of'>
  journal: Pick<Journal, 'pending' | 'announceRoute'>
}

export interface EnsureJobsOptions {
  /** Also items that run by the journal: their job vanished, so nobody will ever end them. */
  running?: boolean
}

/** addBulk sends one pipeline; 500 jobs keep Redis answering others within 20 ms. */
const CHUNK = 500

const ScanFields = z.tuple([
  Provider,
  z.string(),
  z.enum(['high', 'normal', 'low']).catch('normal'),
  Execution.catch('calls'),
])

/** What the jobs of one scan have in common. */
interface ScanJobs {
  scanId: string
  provider: Provider
  model: string
  priority: ScanPriority
  execution: Execution
  queue: InferQueue
}

/**
 * Gives every waiting item of a scan a job when it has none, on the queue of its route: after planning, resume, retry, when
 * an item of a scan with a concurrency has ended, and from the reconciler. May be called at any time and by several
 * processes at once. Adds nothing while a bound refuses the route. Throws when Redis does.
 */
export async function ensureJobs(
  deps: EnsureJobsDeps,
  scanId: string,
  { running = false }: EnsureJobsOptions = {},
): Promise<{ added: number }> {
  const scan = await readScanJobs(deps, scanId)
  if (!scan) return { added: 0 }
  const pending = await listItemsWithJobs(deps, scanId)
  const waiting = pending.filter((item) => running || item.status !== 'running')
  if (waiting.length === 0) return { added: 0 }
  const route = await deps.journal.announceRoute(scanId)
  if (route !== 'announced' && route !== 'live') return { added: 0 }
  if (route === 'announced') await publishSignal(deps.redis, deps.keys, { type: 'routes' })
  // The batch poller registers its questions also while the queue is paused and no job runs.
  if (usesBatches(scan)) await deps.redis.sadd(deps.keys.batchScans, scanId)
  return { added: await addMissing(deps, scan, waiting) }
}

async function readScanJobs(
  { redis, keys, queues }: EnsureJobsDeps,
  scanId: string,
): Promise<ScanJobs | undefined> {
  const names = ['provider', 'model', 'priority', 'execution']
  const fields = ScanFields.safeParse(await redis.hmget(keys.scan(scanId), ...names))
  if (!fields.success) return undefined
  const [provider, model, priority, execution] = fields.data
  const queue = queues.of({ provider, model })
  return { scanId, provider, model, priority, execution, queue }
}

async function addMissing(
  { redis, keys }: EnsureJobsDeps,
  scan: ScanJobs,
  items: PendingItem[],
): Promise<number> {
  const { scanId, queue, priority } = scan
  const now = await readVirtualTime(redis, keys, { queue: queue.name, scanId })
  let added = 0
  for (let from = 0; from < items.length; from += CHUNK) {
    const missing = await withoutJob(redis, scan, items.slice(from, from + CHUNK))
    // Places count from the first job added now: a scan resumed late must not queue behind its own past.
    const first = added
    await queue.addBulk(
      missing.map((item, place) => newJob(scan, item, fairPriority(now, first + place, priority))),
    )
    added += missing.length
  }
  return added
}

/** Adding an existing id is a no-op, so a finished job of the same id has to go first. */
async function withoutJob(
  redis: Redis,
  { queue, scanId }: ScanJobs,
  items: PendingItem[],
): Promise<PendingItem[]> {
  const ids = items.map((item) => inferJobId(scanId, item.resource))
  const presence = await jobPresence(redis, queue, ids)
  const finished = ids.filter((_, index) =>
    ['completed', 'failed'].includes(presence[index] ?? 'absent'),
  )
  await Promise.all(finished.map((id) => queue.remove(id)))
  return items.filter((_, index) => presence[index] !== 'live')
}

function newJob({ scanId, provider, model }: ScanJobs, item: PendingItem, priority: number) {
  const { resource, definition, nextAttemptAtMs } = item
  const delay = Math.max(0, (nextAttemptAtMs ?? 0) - Date.now())
  return {
    name: resource,
    data: { v: 1 as const, scanId, provider, model, resource, definition },
    opts: {
      jobId: inferJobId(scanId, resource),
      priority,
      ...(delay > 0 ? { delay } : {}),
    },
  }
}
