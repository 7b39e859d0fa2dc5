import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { watchUsage } from '../engine/watch-usage.ts'
import { computeFifoSchedule } from '../measures/fifo-schedule.ts'
import { readBenchScan, startBenchScan } from '../stack/bench-scan.ts'
import { callApi } from '../stack/call-api.ts'
import { startBenchStack, type BenchStack } from '../stack/start-bench-stack.ts'
import {
  endWindow,
  readWindows,
  buildWatchOption,
  type EventLoopWindow,
} from '@capstan/testkit/event-loop/event-loop-windows'
import { settleConnections } from './settle-connections.ts'
import type { RouteVariant } from './variants.ts'

export interface VariantRun {
  /** From the release of the queues until the last scan ended. */
  tookMs: number
  /** The same calls in order of arrival on the slots of their routes, with zero overhead. */
  idealMs: number
  maxInFlight: number
  /** Connections of the worker process to Redis, with all routes open. */
  connections: number
  /** Peak resident memory (MiB) of the worker process. */
  peakRssMb: number
  /** CPU time of the worker process while the scans ran. */
  cpuMs: number
  /** Its event loop while scans were planned and consumers opened, and while scans ran. */
  opening: EventLoopWindow
  running: EventLoopWindow
}

interface Work {
  redisUrl: string
  cluster: string
  seed: number
  /** The types of each scan. */
  scans: string[][]
  signal: AbortSignal
}

const LOOK_MS = 100

/**
 * Runs all scans concurrently in one fresh worker process. The queues are filled before they are released, so
 * that only the work of the worker is measured. Throws when a type fails.
 */
export async function runVariant(variant: RouteVariant, work: Work): Promise<VariantRun> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-routes-'))
  try {
    const report = join(folder, 'event-loop.json')
    const measured = await runScans(variant, work, report)
    // Written when the process was stopped.
    const [, opening, running] = await readWindows(report)
    if (!opening || !running) throw new Error('the worker has not reported its event loop')
    return { ...measured, opening, running }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runScans(
  { routes, slotsPerRoute }: RouteVariant,
  { redisUrl, cluster, seed, scans, signal }: Work,
  report: string,
): Promise<Omit<VariantRun, 'opening' | 'running'>> {
  await using stack = await startBenchStack({
    redisUrl,
    cluster,
    provider: { seed, latency: { kind: 'uniform', minMs: 800, maxMs: 1_200 } },
    workers: 1,
    concurrency: slotsPerRoute,
    apiEnvironment: { CAPSTAN_ROUTES_PER_CALLER: String(routes) },
    workerEnvironment: () => ({
      NODE_OPTIONS: `${WORKER_NODE_OPTIONS} ${buildWatchOption(report)}`,
    }),
  })
  const pid = stack.workers[0]?.pid ?? 0
  endWindow(pid)
  await post(stack, 'queue/pause', signal)
  const ids = await openScans(stack, scans, { routes, signal })
  const connections = await settleConnections(pid, redisUrl, signal)
  const usage = await watchUsage(redisUrl, [pid])
  try {
    endWindow(pid)
    const releasedAtMs = Date.now()
    await post(stack, 'queue/resume', signal)
    const endedAtMs = await waitForEnds(stack, ids, signal)
    const { peakRssMb, workerCpuMs: cpuMs } = await usage.read()
    const { maxInFlight } = stack.provider.stats()
    const idealMs = computeIdealMs(stack.provider.calls(), slotsPerRoute)
    const tookMs = endedAtMs - releasedAtMs
    return { tookMs, idealMs, maxInFlight, connections, peakRssMb, cpuMs }
  } finally {
    usage.stop()
  }
}

/** Routes share nothing, so the slowest one counts. */
function computeIdealMs(calls: CallRecord[], slotsPerRoute: number): number {
  const byModel = Map.groupBy(calls, ({ model }) => model)
  const times = [...byModel.values()].map((own) =>
    computeFifoSchedule(
      own.map(({ latencyMs }) => latencyMs),
      slotsPerRoute,
    ),
  )
  return Math.max(...times)
}

async function post({ apiUrl }: BenchStack, path: string, signal: AbortSignal): Promise<void> {
  await callApi(`${apiUrl}/api/v1/${path}`, { method: 'POST', signal })
}

/** Starts the scans, distributed over the routes, and returns when each of them is planned. */
async function openScans(
  { apiUrl }: BenchStack,
  scans: string[][],
  { routes, signal }: { routes: number; signal: AbortSignal },
): Promise<string[]> {
  const ids: string[] = []
  for (const [index, include] of scans.entries()) {
    const model = `model-${index % routes}`
    const request = { provider: 'anthropic', model, include, onConflict: 'parallel' } as const
    const { id } = await startBenchScan(apiUrl, request, signal)
    ids.push(id)
  }
  for (const [index, id] of ids.entries()) {
    while ((await readBenchScan(apiUrl, id, signal)).progress.queued !== scans[index]?.length) {
      await wait(LOOK_MS, undefined, { signal })
    }
  }
  return ids
}

/** Clock time (ms) of the last end. */
async function waitForEnds(
  { apiUrl }: BenchStack,
  ids: string[],
  signal: AbortSignal,
): Promise<number> {
  const ends: number[] = []
  for (const id of ids) {
    let scan = await readBenchScan(apiUrl, id, signal)
    while (!scan.done) scan = await readBenchScan(apiUrl, id, signal, 'wait=50')
    if (scan.status !== 'succeeded') throw new Error(`a measured scan ended as ${scan.status}`)
    ends.push(Date.parse(scan.finishedAt ?? ''))
  }
  return Math.max(...ends)
}
