import type { Redis } from 'ioredis'
import { z } from 'zod'
import { usesBatches } from '../batches/uses-batches.ts'
import { Execution } from '@capstan/shared/contract/scan/scan-options'
import { Provider } from '@capstan/shared/contract/provider'
import type { JobInput, Journal } from '../journal/types.ts'
import type { RedisKeys } from '@capstan/redis/keys'
import { publishSignal } from '@capstan/redis/signals/signal'
import { findMissingJobs, findMissingTailJobs, type MissingJob } from './find-missing-jobs.ts'
import { buildInferJobId, type InferQueue } from './infer-queue.ts'
import { listItemsWithJobs } from './list-items-with-jobs.ts'
import type { RouteQueues } from './route-queues.ts'
import { computeFairPriority, readVirtualTime, type ScanPriority } from './virtual-time.ts'

export interface EnsureJobsDeps {
  redis: Redis
  keys: RedisKeys
  queues: Pick<RouteQueues, 'get'>
  journal: Pick<Journal, 'pending' | 'jobInputs' | 'announceRoute'>
}

export interface EnsureJobsOptions {
  /** Also items that run by the journal: their job vanished, so nobody will ever end them. */
  includeRunning?: boolean
  /** An item of a scan with a concurrency has ended: looks from the last place on only as far as jobs are missing. */
  isRefill?: boolean
}

/** addBulk sends one pipeline; 500 jobs keep Redis answering others within 20 ms. */
const CHUNK = 500

const Concurrency = z.coerce.number().int().positive().nullable().catch(null)

const ScanFields = z.tuple([
  Provider,
  z.string(),
  z.enum(['high', 'normal', 'low']).catch('normal'),
  Execution.catch('calls'),
  Concurrency,
])

/** What the jobs of one scan have in common. */
interface ScanJobs {
  scanId: string
  provider: Provider
  model: string
  priority: ScanPriority
  execution: Execution
  concurrency: number | null
  queue: InferQueue
}

/**
 * Gives every waiting item of a scan a job when it has none, on the queue of its route: after planning, resume, retry, when
 * an item of a scan with a concurrency has ended, and from the reconciler. With a concurrency, only so many items have a job
 * at a time: running and retrying ones, then the first queued ones of the plan. May be called at any time and by several
 * processes at once. Adds nothing while a bound refuses the route. Throws when Redis does.
 */
export async function ensureJobs(
  deps: EnsureJobsDeps,
  scanId: string,
  { includeRunning = false, isRefill = false }: EnsureJobsOptions = {},
): Promise<{ added: number }> {
  const scan = await readScanJobs(deps, scanId)
  if (!scan) return { added: 0 }
  const names = await listNames(deps, scan, includeRunning)
  const find = isRefill ? findMissingTailJobs : findMissingJobs
  const missing = await find(deps.redis, scan, names)
  if (missing.length === 0 && !usesBatches(scan)) return { added: 0 }
  if (!(await openRoute(deps, scan))) return { added: 0 }
  return { added: await addJobs(deps, scan, missing, includeRunning) }
}

/** Items that have no worker and may have a job now. */
async function listNames(
  { journal }: EnsureJobsDeps,
  scan: ScanJobs,
  includeRunning: boolean,
): Promise<string[]> {
  const items = await listItemsWithJobs(journal, scan)
  const waiting = items.filter(({ status }) => includeRunning || status !== 'running')
  return waiting.map(({ resource }) => resource)
}

/** Makes the route live. False while a bound refuses it, or when the scan needs no jobs any more. */
async function openRoute(
  { redis, keys, journal }: EnsureJobsDeps,
  scan: ScanJobs,
): Promise<boolean> {
  const route = await journal.announceRoute(scan.scanId)
  if (route !== 'announced' && route !== 'live') return false
  if (route === 'announced') await publishSignal(redis, keys, { type: 'routes' })
  // The batch poller registers its questions also while the queue is paused and no job runs.
  if (usesBatches(scan)) await redis.sadd(keys.batchScans, scan.scanId)
  return true
}

async function readScanJobs(
  { redis, keys, queues }: EnsureJobsDeps,
  scanId: string,
): Promise<ScanJobs | undefined> {
  const names = ['provider', 'model', 'priority', 'execution', 'concurrency']
  const fields = ScanFields.safeParse(await redis.hmget(keys.scan(scanId), ...names))
  if (!fields.success) return undefined
  const [provider, model, priority, execution, concurrency] = fields.data
  const queue = queues.get({ provider, model })
  return { scanId, provider, model, priority, execution, concurrency, queue }
}

async function addJobs(
  { redis, keys, journal }: EnsureJobsDeps,
  scan: ScanJobs,
  missing: MissingJob[],
  includeRunning: boolean,
): Promise<number> {
  const { scanId, queue, priority } = scan
  const now = await readVirtualTime(redis, keys, { queue: queue.name, scanId })
  let added = 0
  for (let from = 0; from < missing.length; from += CHUNK) {
    const chunk = missing.slice(from, from + CHUNK)
    const found = await journal.jobInputs(
      scanId,
      chunk.map(({ resource }) => resource),
    )
    // What has ended or runs by now has no use for a job.
    const items = found.filter(({ status }) => includeRunning || status !== 'running')
    await removeFinished(scan, chunk, items)
    // Places count from the first job added now: a scan resumed late must not queue behind its own past.
    const first = added
    await queue.addBulk(
      items.map((item, place) =>
        newJob(scan, item, computeFairPriority(now, first + place, priority)),
      ),
    )
    added += items.length
  }
  return added
}

/** Adding an existing id is a no-op, so a finished job of the same id has to go first. */
async function removeFinished(
  { queue, scanId }: ScanJobs,
  missing: MissingJob[],
  items: JobInput[],
): Promise<void> {
  const finished = new Set(missing.flatMap((one) => (one.isFinished ? [one.resource] : [])))
  const inTheWay = items.filter(({ resource }) => finished.has(resource))
  await Promise.all(inTheWay.map(({ resource }) => queue.remove(buildInferJobId(scanId, resource))))
}

function newJob({ scanId, provider, model }: ScanJobs, item: JobInput, priority: number) {
  const { resource, definition, contentKey, nextAttemptAtMs } = item
  const delay = Math.max(0, (nextAttemptAtMs ?? 0) - Date.now())
  return {
    name: resource,
    data: { v: 1 as const, scanId, provider, model, resource, definition, contentKey },
    opts: {
      jobId: buildInferJobId(scanId, resource),
      priority,
      ...(delay > 0 ? { delay } : {}),
    },
  }
}
