import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Scan } from '@capstan/shared/contract/scan/scan'
import type { RedisKeys } from '@capstan/redis/keys'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { startEngine } from '../stack/start-engine.ts'
import type { LoadPlan } from './load-plan.ts'
import { watchUsage, type ProcessUsage } from './watch-usage.ts'

export interface EngineRun {
  /** From the claim of the first type to the end of the scan. */
  tookMs: number
  /** From the request until all jobs are in the queue. */
  planMs: number
  failed: number
  usage: ProcessUsage
  /** CPU time (ms) of the API process in the meantime. */
  apiCpuMs: number
}

/** Deviations from a normal run. */
export interface EngineChange {
  /** Workers write neither job logs nor return values, and keep no finished job. */
  withoutJobRecords?: boolean
  /** A reader follows the events of the scan. */
  isFollowed?: boolean
}

const LOOK_MS = 50
const WITHOUT_RECORDS = new URL('./without-job-records.ts', import.meta.url)
const QUEUE = buildRouteQueueName(resolveRoute('demo', ''))

/**
 * One scan of fresh processes with rule-based answers. Workers start when the queue is full, so that only the
 * work on jobs is measured. No client follows the scan unless `change` demands it.
 */
export async function runEngine(
  plan: LoadPlan,
  signal: AbortSignal,
  { withoutJobRecords = false, isFollowed = false }: EngineChange = {},
): Promise<EngineRun> {
  await using stack = new AsyncDisposableStack()
  const workerEnvironment = withoutJobRecords
    ? { NODE_OPTIONS: `${WORKER_NODE_OPTIONS} --import=${WITHOUT_RECORDS.href}` }
    : {}
  const engine = stack.use(await startEngine({ ...plan, workerEnvironment }))
  const redis = stack.adopt(new Redis(plan.redisUrl), (client) => client.disconnect())
  const sentAt = performance.now()
  const { id } = await read(`${engine.apiUrl}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal,
  })
  await pollUntil(signal, async () => (await countWaiting(redis, engine.keys)) === plan.types)
  const planMs = performance.now() - sentAt
  if (isFollowed) stack.use(await follow(`${engine.apiUrl}/api/v1/scans/${id}/events`))
  const workers = await engine.startWorkers(plan.workers, plan.concurrency)
  const usage = await watchUsage(
    plan.redisUrl,
    workers.map(({ pid }) => pid),
  )
  stack.defer(() => usage.stop())
  const apiUsage = await watchUsage(plan.redisUrl, [engine.apiPid])
  stack.defer(() => apiUsage.stop())
  await pollUntil(
    signal,
    async () => (await redis.hget(engine.keys.scan(id), 'finishedAt')) !== null,
  )
  const used = await usage.read()
  const { workerCpuMs: apiCpuMs } = await apiUsage.read()
  const scan = await read(`${engine.apiUrl}/api/v1/scans/${id}`, { signal })
  return {
    tookMs: Date.parse(scan.finishedAt ?? '') - Date.parse(scan.startedAt ?? ''),
    planMs,
    failed: plan.types - scan.progress.succeeded,
    usage: used,
    apiCpuMs,
  }
}

function countWaiting(redis: Redis, keys: RedisKeys): Promise<number> {
  return redis.zcard(`${keys.bullPrefix}:${QUEUE}:prioritized`)
}

/** Reads the event stream of a scan and discards it. */
async function follow(url: string): Promise<AsyncDisposable> {
  const over = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream' },
    signal: over.signal,
  })
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`)
  const reading = response.body.pipeTo(new WritableStream()).catch(() => undefined)
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort()
      await reading
    },
  }
}

/** Polls, because following the scan would add work to the API. */
async function pollUntil(signal: AbortSignal, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(LOOK_MS, undefined, { signal })
}

async function read(url: string, init: RequestInit): Promise<Scan> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return Scan.parse(JSON.parse(text))
}
