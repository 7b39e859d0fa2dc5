import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { writeCrdFolder } from '../crd-folder.ts'
import { startProcess } from '../start-process.ts'
import { until } from '../until.ts'
import {
  endWindow,
  readWindows,
  buildWatchOption,
  type EventLoopWindow,
} from './event-loop-windows.ts'
import type { WorstRequest, WorstScene } from './worst/worst-request.ts'
import { WORST_REQUESTS } from './worst/worst-requests.ts'
import { makeWorstRow } from './worst/worst-row.ts'

export interface RequestMeasure {
  /** Method and pattern of the route; `start` and `scene` for the time before the requests. */
  route: string
  /** Index among the requests of the route. */
  place: number
  /** Status of the response; 0 without a request or response. */
  status: number
  /** Event loop of the API from the request to the end of the response. */
  window: EventLoopWindow
}

export interface MeasurePlan {
  redisUrl: string
  /** Prefix of every key that the API writes. The caller deletes these keys. */
  prefix: string
  /** Number of custom types in the cluster. */
  types: number
  /** Number of rows of another cluster in the catalog. */
  rows: number
  /** Called with the name of each route before its requests. */
  tell?: (line: string) => void
}

/**
 * Starts an API process on a generated cluster without a worker, sends the worst requests of every route one
 * after another, and returns the event loop measurements. The first two cover the start and the scene: the
 * import of all rows and the plans of two scans.
 */
export async function measureRoutes(plan: MeasurePlan): Promise<RequestMeasure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-event-loop-'))
  try {
    const report = join(folder, 'windows.json')
    const measured = await driveRoutes(plan, folder, report)
    const windows = await readWindows(report)
    return measured.flatMap((one, index) => {
      const window = windows[index]
      return window ? [{ ...one, window }] : []
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function driveRoutes(
  { redisUrl, prefix, types: count, rows, tell }: MeasurePlan,
  folder: string,
  report: string,
): Promise<Omit<RequestMeasure, 'window'>[]> {
  await using stack = new AsyncDisposableStack()
  const types = await writeCrdFolder(join(folder, 'crds'), count)
  const cluster = stack.adopt(await startClusterSim({ cluster: join(folder, 'crds') }), (sim) =>
    sim.close(),
  )
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 })
  const api = await startProcess('api', {
    REDIS_URL: redisUrl,
    CAPSTAN_REDIS_PREFIX: prefix,
    CAPSTAN_PROVIDER: 'demo',
    CAPSTAN_COMPAT: 'dot-ai',
    KUBECONFIG: kubeconfig,
    LOG_LEVEL: 'warn',
    PORT: '0',
    NODE_OPTIONS: buildWatchOption(report),
  })
  // The process writes its windows when it is stopped.
  stack.defer(async () => void (await api.stop()))
  const measured: Omit<RequestMeasure, 'window'>[] = []
  const note = async (one: Omit<RequestMeasure, 'window'>): Promise<void> => {
    measured.push(one)
    endWindow(api.pid)
    // A response after the signal proves that the loop ran, so that the signal was handled.
    await send(api.url, 'GET', { path: '/livez' })
  }
  await note({ route: 'start', place: 0, status: 0 })
  const scene = await arrangeScene(api.url, types, rows)
  await note({ route: 'scene', place: 0, status: 0 })
  for (const [route, requestsOf] of Object.entries(WORST_REQUESTS)) {
    tell?.(route)
    const method = route.slice(0, route.indexOf(' '))
    for (const [place, request] of requestsOf(scene).entries()) {
      await note({ route, place, status: await send(api.url, method, request) })
    }
  }
  return measured
}

const IMPORT = '/api/v1/capabilities/import'
/** Imported within the 30 s of a request even on a machine that is many times slower. */
const ROWS_AT_ONCE = 1_000

/** Fills the catalog, plans one scan of all types and cancels it, then plans another. */
async function arrangeScene(url: string, types: string[], rows: number): Promise<WorstScene> {
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const size = Math.min(ROWS_AT_ONCE, rows - from)
    const lines = Array.from({ length: size }, (_, index) =>
      JSON.stringify(makeWorstRow(from + index)),
    )
    const body = lines.join('\n')
    await send(url, 'POST', { path: IMPORT, type: 'application/x-ndjson', body })
  }
  const endedScan = await planScan(url)
  await send(url, 'POST', { path: `/api/v1/scans/${endedScan}/cancel` })
  return { types, endedScan, runningScan: await planScan(url) }
}

async function planScan(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ onConflict: 'parallel' })
  const started = await fetch(`${url}/api/v1/scans`, { method: 'POST', headers, body })
  const { id } = (await started.json()) as { id: string }
  return until('the plan of a scan', async () => {
    const scan = (await (await fetch(`${url}/api/v1/scans/${id}`)).json()) as {
      progress: { total: number | null }
    }
    return scan.progress.total === null ? undefined : id
  })
}

/**
 * Returns the status after the whole body, or after the first chunk of an event stream. 0 when the server
 * closed the connection: on a slow machine the largest bodies take longer than the 30 s of a request.
 */
async function send(
  url: string,
  method: string,
  { path, body, type = 'application/json', accept }: WorstRequest,
): Promise<number> {
  const isStream = accept === 'text/event-stream'
  const asked = fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(accept === undefined ? {} : { accept }),
    },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' ? body : body(), duplex: 'half' }),
  })
  try {
    const answer = await asked
    for await (const _ of answer.body ?? []) if (isStream) break
    return answer.status
  } catch (error) {
    if (error instanceof TypeError) return 0
    throw error
  }
}
