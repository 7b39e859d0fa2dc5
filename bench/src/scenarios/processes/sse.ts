import { setTimeout as wait } from 'node:timers/promises'
import type { Socket } from 'node:net'
import { Redis } from 'ioredis'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { awaitStableRssMb } from '../../engine/await-stable-memory.ts'
import { openEventSockets } from '../../engine/open-event-sockets.ts'
import { watchUsage } from '../../engine/watch-usage.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { readBenchScan, startBenchScan } from '../../stack/bench-scan.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'
import { startEngine, type Engine } from '../../stack/start-engine.ts'
import { createScanWork } from '../../sse/scan-work.ts'
import { startClients } from '../../sse/start-clients.ts'
import { renderSsePage, type SseRun } from './sse-page.ts'

const CLIENTS = 5_000
/** Clients that connect before the measurement, so that libraries are loaded and the heap has grown. */
const WARM_UP = 50
/** Clients of another scan that never read. */
const DEAF = 20
const TYPES = 300
/** Two events each: more than two models with usual limits answer. */
const TYPES_PER_SECOND = 5
/** More than the kernel buffers of both ends hold, 4 to 10 MB on Linux. */
const DEAF_EVENTS = 300
const DEAF_EVENT_BYTES = 60_000

/** Thousands of dashboards at one API process: delay of events, memory, and clients that do not read. */
export const sse: Scenario = {
  name: 'sse',
  summary: `${CLIENTS} dashboards at one API process: delay of events, memory, slow readers; 2 min a seed`,
  seeds: 3,
  run: async (lab, seeds) => {
    const runs: SseRun[] = []
    for (const seed of seeds) runs.push(await runOnce(lab, seed))
    return renderSsePage(runs, { clients: CLIENTS, deaf: DEAF, typesPerSecond: TYPES_PER_SECOND })
  },
}

function runOnce(lab: Lab, seed: number): Promise<SseRun> {
  return runWithCrds(TYPES, async (clusterFiles, names) => {
    await using stack = new AsyncDisposableStack()
    const engine = stack.use(await startEngine({ redisUrl: lab.redisUrl, clusterFiles }))
    const redis = stack.adopt(new Redis(lab.redisUrl), (client) => client.disconnect())
    const [scanId, deafScanId] = [await plan(engine, lab), await plan(engine, lab)]
    const { apiUrl, apiPid, keys } = engine
    const path = `/api/v1/events?topics=scans,queue,providers,scan:${scanId}`
    const clients = stack.use(await startClients(lab.signal))
    await clients.open(apiUrl, path, WARM_UP)
    const baseMb = await awaitStableRssMb(apiPid)
    await clients.open(apiUrl, path, CLIENTS)
    const connectedMb = await awaitStableRssMb(apiPid)
    const deaf = await openDeaf(engine, deafScanId)
    stack.defer(() => deaf.forEach((socket) => socket.destroy()))

    const usage = await watchUsage(lab.redisUrl, [apiPid])
    stack.defer(() => usage.stop())
    const started = performance.now()
    const work = createScanWork(openJournal(redis, keys), scanId)
    const flood = floodDeaf(redis, keys.scanEvents(deafScanId))
    for (const [index, name] of names.entries()) {
      await work(name)
      await waitUntil(started + ((index + 1) * 1_000) / TYPES_PER_SECOND, lab.signal)
    }
    await flood
    const tookMs = performance.now() - started
    const { workerCpuMs: apiCpuMs } = await usage.read()
    const loadedMb = await awaitStableRssMb(apiPid)
    const report = await clients.report()
    const streams = await countStreams(apiUrl, lab.signal)
    if (streams < report.open) {
      throw new Error(`the API holds ${streams} streams, and the clients ${report.open}`)
    }
    const run: SseRun = {
      ...report,
      kibEach: ((connectedMb - baseMb) * 1_024) / CLIENTS,
      loadedKibEach: ((loadedMb - baseMb) * 1_024) / CLIENTS,
      apiCores: apiCpuMs / tookMs,
      cut: CLIENTS + WARM_UP - report.open,
      deafLeft: streams - report.open,
    }
    const { delays: _, ...row } = run
    lab.record({ seed, ...row })
    lab.log(`seed ${seed}: ${run.kibEach.toFixed(1)} KiB each, ${run.apiCores.toFixed(2)} cores`)
    return run
  })
}

async function plan({ apiUrl }: Engine, { signal }: Lab): Promise<string> {
  const { id } = await startBenchScan(apiUrl, { onConflict: 'parallel', curated: false }, signal)
  while ((await readBenchScan(apiUrl, id, signal)).status === 'discovering') {
    await wait(50, undefined, { signal })
  }
  return id
}

async function openDeaf({ apiUrl }: Engine, scanId: string): Promise<Socket[]> {
  const path = `/api/v1/events?topics=scan:${scanId}`
  const sockets = await openEventSockets(DEAF, { apiUrl, path, until: 'event: snapshot' })
  for (const socket of sockets) socket.pause().on('error', () => undefined)
  return sockets
}

/** Writes events that are larger than those of a scan, because kernel buffers are. */
async function floodDeaf(redis: Redis, stream: string): Promise<void> {
  const data = JSON.stringify({ resource: 'x', by: 'y'.repeat(DEAF_EVENT_BYTES) })
  const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
  const lastSeq = Number(newest?.[0].split('-')[0] ?? 0)
  for (let seq = lastSeq + 1; seq <= lastSeq + DEAF_EVENTS; seq++) {
    const event = ['type', 'resource.requeued', 'at', String(Date.now()), 'data', data]
    await redis.xadd(stream, `${seq}-0`, ...event)
    await wait(50)
  }
}

async function waitUntil(time: number, signal: AbortSignal): Promise<void> {
  await wait(Math.max(0, time - performance.now()), undefined, { signal })
}

async function countStreams(apiUrl: string, signal: AbortSignal): Promise<number> {
  const text = await (await fetch(`${apiUrl}/metrics`, { signal })).text()
  return Number(/^capstan_sse_connections (\d+)$/m.exec(text)?.[1])
}
