import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Scan } from '@capstan/shared/contract/scan'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { startEngine } from '../stack/start-engine.ts'
import type { LoadPlan } from './load-plan.ts'
import { watchUsage, type Usage } from './watch-usage.ts'

export interface EngineRun {
  /** From the claim of the first type to the seal of the scan. */
  tookMs: number
  /** From the request until all jobs wait in the queue. */
  planMs: number
  failed: number
  usage: Usage
}

const LOOK_MS = 50

/**
 * One scan of freshly started processes with the demo rules. Workers start when the whole queue is filled, so that
 * only the work on jobs is measured and not the plan; nobody follows the scan while it runs.
 */
export async function runEngine(plan: LoadPlan, signal: AbortSignal): Promise<EngineRun> {
  await using stack = new AsyncDisposableStack()
  const engine = stack.use(await startEngine(plan))
  const redis = stack.adopt(new Redis(plan.redisUrl), (client) => client.disconnect())
  const sentAt = performance.now()
  const { id } = await read(`${engine.apiUrl}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal,
  })
  await until(signal, async () => (await waiting(redis, engine.keys)) === plan.types)
  const planMs = performance.now() - sentAt
  const workers = await engine.startWorkers(plan.workers, plan.concurrency)
  const usage = await watchUsage(
    plan.redisUrl,
    workers.map(({ pid }) => pid),
  )
  stack.defer(() => usage.stop())
  await until(signal, async () => (await redis.hget(engine.keys.scan(id), 'finishedAt')) !== null)
  const used = await usage.read()
  const scan = await read(`${engine.apiUrl}/api/v1/scans/${id}`, { signal })
  return {
    tookMs: Date.parse(scan.finishedAt ?? '') - Date.parse(scan.startedAt ?? ''),
    planMs,
    failed: plan.types - scan.progress.succeeded,
    usage: used,
  }
}

function waiting(redis: Redis, keys: RedisKeys): Promise<number> {
  return redis.zcard(`${keys.bullPrefix}:infer:prioritized`)
}

/** Looks again and again: following the scan would make the API work beside the workers. */
async function until(signal: AbortSignal, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(LOOK_MS, undefined, { signal })
}

async function read(url: string, init: RequestInit): Promise<Scan> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return Scan.parse(JSON.parse(text))
}
