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
import { removeJobs } from './remove-jobs.ts'
import type { RouteQueues } from './route-queues.ts'
import { computeFairPriority, readVirtualTime, type ScanPriority } from './virtual-time.ts'

export interface EnsureJobsDeps {
  redis: Redis
  keys: RedisKeys
  queues: Pick<RouteQueues, 'get'>
  journal: Pick<Journal, 'pending' | 'jobInputs' | 'announceRoute'>
}

export interface EnsureJobsOptions {
  /** Also adds jobs of running items. For the reconciler, which calls this when the job of a running item is missing. */
  includeRunning?: boolean
  /** An item of a scan with a concurrency has ended: examines the items from the end, only as far as jobs are missing. */
  isRefill?: boolean
}

/** addBulk sends one pipeline. 500 jobs block Redis for at most 20 ms. */
const CHUNK = 500

const Concurrency = z.coerce.number().int().positive().nullable().catch(null)

const ScanFields = z.tuple([
  Provider,
  z.string(),
  z.enum(['high', 'normal', 'low']).catch('normal'),
  Execution.catch('calls'),
  Concurrency,
])

/** Common fields of the jobs of one scan. */
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
 * Adds a job to the queue of the route for each waiting item without one. Called after planning, resume and retry, when an
 * item of a scan with a concurrency has ended, and by the reconciler. With a concurrency, only that many items have a job:
 * running and retrying ones, then the first queued ones of the plan. May run at any time and in several processes at once.
 * Adds nothing while a bound refuses the route, and leaves no job of a scan that was paused or canceled meanwhile. Redis errors
 * pass through.
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

/** Lists the items that need a job now. */
async function listNames(
  { journal }: EnsureJobsDeps,
  scan: ScanJobs,
  includeRunning: boolean,
): Promise<string[]> {
  const items = await listItemsWithJobs(journal, scan)
  const waiting = items.filter(({ status }) => includeRunning || status !== 'running')
  return waiting.map(({ resource }) => resource)
}

/** Makes the route live. False while a bound refuses it, or when the scan no longer needs jobs. */
async function openRoute(
  { redis, keys, journal }: EnsureJobsDeps,
  scan: ScanJobs,
): Promise<boolean> {
  const route = await journal.announceRoute(scan.scanId)
  if (route !== 'announced' && route !== 'live') return false
  if (route === 'announced') await publishSignal(redis, keys, { type: 'routes' })
  // The batch poller registers the questions of this scan even while its queue is paused.
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
    // Items that have ended or are running since the list was read need no job.
    const items = found.filter(({ status }) => includeRunning || status !== 'running')
    await removeFinished(scan, chunk, items)
    // Priorities count from the first job of this call. A resumed scan must not queue behind the jobs it added before.
    const first = added
    await queue.addBulk(
      items.map((item, place) =>
        buildJob(scan, item, computeFairPriority(now, first + place, priority)),
      ),
    )
    if (!(await isRunnable(redis, keys, scanId))) {
      await removeJobs(
        queue,
        scanId,
        items.map(({ resource }) => resource),
      )
      return added
    }
    added += items.length
  }
  return added
}

/** A pause or a cancellation changes the status first and removes the jobs that it finds. It does not find jobs added after that. */
async function isRunnable(redis: Redis, keys: RedisKeys, scanId: string): Promise<boolean> {
  const status = await redis.hget(keys.scan(scanId), 'status')
  return status === 'queued' || status === 'running'
}

/** BullMQ ignores a job whose id exists, so finished jobs with these ids are removed first. */
async function removeFinished(
  { queue, scanId }: ScanJobs,
  missing: MissingJob[],
  items: JobInput[],
): Promise<void> {
  const finished = new Set(missing.flatMap((one) => (one.isFinished ? [one.resource] : [])))
  const leftovers = items.filter(({ resource }) => finished.has(resource))
  await Promise.all(
    leftovers.map(({ resource }) => queue.remove(buildInferJobId(scanId, resource))),
  )
}

function buildJob({ scanId, provider, model }: ScanJobs, item: JobInput, priority: number) {
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
