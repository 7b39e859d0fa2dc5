import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { buildInferJobId, openInferQueue } from '@capstan/scan-store/queue/infer-queue'
import { computeFairPriority } from '@capstan/scan-store/queue/virtual-time'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import type { LoadPlan } from '../engine/load-plan.ts'
import { watchUsage, type ProcessUsage } from '../engine/watch-usage.ts'
import { deletePrefix } from '../stack/delete-prefix.ts'
import { splitEvenly } from '../stack/split-evenly.ts'
import { BARE_QUEUE, BareReport, type BareRunRequest } from './bare-run-request.ts'

export interface BareRun {
  /** From the start of the first job to the end of the last one. */
  tookMs: number
  usage: ProcessUsage
}

const WORKER = fileURLToPath(new URL('./bare-worker.ts', import.meta.url))
const CHUNK = 500

/**
 * BullMQ without Capstan: the queue is filled with jobs of the same format, ids, priorities and options, then
 * worker processes empty it with a processor that does nothing, or the given work. Their heap has the same
 * limit as Capstan's.
 */
export async function runBare(
  plan: LoadPlan,
  signal: AbortSignal,
  work?: BareRunRequest['work'],
): Promise<BareRun> {
  await using stack = new AsyncDisposableStack()
  const keys = createRedisKeys(`{bench-${randomBytes(4).toString('hex')}}`)
  stack.defer(() => deletePrefix(plan.redisUrl, keys.prefix))
  await fillQueue(plan, keys)
  signal.throwIfAborted()
  const children = splitEvenly(plan.concurrency, plan.workers).map((concurrency) => {
    const child = stack.adopt(fork(WORKER, { execArgv: WORKER_NODE_OPTIONS.split(' ') }), stopChild)
    const { redisUrl } = plan
    return { child, order: { redisUrl, bullPrefix: keys.bullPrefix, concurrency, work } }
  })
  await Promise.all(children.map(({ child }) => once(child, 'message', { signal })))
  const pids = children.map(({ child }) => child.pid ?? 0)
  const usage = await watchUsage(plan.redisUrl, pids)
  stack.defer(() => usage.stop())
  const reports = await awaitEmptyQueue(children, plan.types, signal)
  return {
    tookMs:
      Math.max(...reports.map(({ lastAtMs }) => lastAtMs)) -
      Math.min(...reports.flatMap(({ firstAtMs }) => (firstAtMs > 0 ? [firstAtMs] : []))),
    usage: await usage.read(),
  }
}

async function fillQueue({ redisUrl, types }: LoadPlan, keys: RedisKeys): Promise<void> {
  const connection = new Redis(redisUrl)
  try {
    const queue = openInferQueue(connection, keys, BARE_QUEUE)
    const scanId = 'scan_00000000000000000000000000'
    const definition = '0'.repeat(64)
    const contentKey = '1'.repeat(64)
    for (let from = 0; from < types; from += CHUNK) {
      const size = Math.min(CHUNK, types - from)
      await queue.addBulk(
        Array.from({ length: size }, (_, index) => {
          const place = from + index
          const resource = `widgets${String(place).padStart(5, '0')}.group-${place % 20}.example.com`
          return {
            name: resource,
            data: {
              v: 1 as const,
              scanId,
              provider: 'demo' as const,
              model: 'bare',
              resource,
              definition,
              contentKey,
            },
            opts: {
              jobId: buildInferJobId(scanId, resource),
              priority: computeFairPriority(0, place, 'normal'),
            },
          }
        }),
      )
    }
    await queue.close()
  } finally {
    connection.disconnect()
  }
}

/** Sends the requests and resolves with the last report of each process when all jobs are done. */
async function awaitEmptyQueue(
  children: { child: ChildProcess; order: BareRunRequest }[],
  jobs: number,
  signal: AbortSignal,
): Promise<BareReport[]> {
  const reports = new Map<ChildProcess, BareReport>()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  for (const { child, order } of children) {
    child.on('message', (message) => {
      reports.set(child, BareReport.parse(message))
      const done = [...reports.values()].reduce((sum, report) => sum + report.jobs, 0)
      if (done === jobs) resolve()
    })
    child.once('exit', (code) => reject(new Error(`a bare worker ended early with ${code}`)))
    child.send(order)
  }
  await promise
  return [...reports.values()]
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill()
  await gone
}
