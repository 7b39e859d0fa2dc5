import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import {
  startOddProvider,
  type OddProvider,
  type OddProviderOptions,
} from '@capstan/testkit/odd-provider/start-odd-provider'
import type { CallCounts } from '@capstan/testkit/odd-provider/odd-call-log'
import { testRedis } from '@capstan/testkit/redis'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'
import { startTestStack, type TestStack } from '../test-stack.ts'

/** Number of concurrent scans. */
const PARALLEL = 16
/** A bound against scans that never end: the longest time without progress. */
const WITHIN_MS = 100_000

export interface OddScan {
  /** Names product and behaviors. */
  model: string
  provider: Provider
  types: number
}

export interface OddScanOutcome {
  scan: Scan
  /** Calls that reached the server. */
  counts: CallCounts
}

/** A misbehaving provider, an API over a folder of CRDs, and one worker that calls it in the formats of Anthropic and OpenAI. */
export interface OddStack {
  odd: OddProvider
  stack: TestStack
  /** Starts all scans, PARALLEL at a time. `outcomeOf` waits for the outcome of one of them. */
  runAll(scans: readonly OddScan[]): void
  outcomeOf(model: string): Promise<OddScanOutcome>
  stop(): Promise<void>
}

export interface OddStackOptions {
  types: number
  provider?: OddProviderOptions
  /** Settings of the worker, computed from the URL of the provider. */
  worker?: (url: string) => Record<string, string>
}

export async function startOddStack(options: OddStackOptions): Promise<OddStack> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-odd-'))
  const names = await writeCrdFolder(folder, options.types)
  const odd = await startOddProvider(options.provider)
  const { url, keys } = testRedis()
  const started: RunningProcess[] = []
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, LOG_LEVEL: 'warn' },
    api: {
      CAPSTAN_CLUSTER_FILES: folder,
      CAPSTAN_MAX_ROUTES: '1000',
      CAPSTAN_ROUTES_PER_CALLER: '1000',
    },
    worker: {
      OPENAI_API_KEY: 'sk-odd-0123456789abcdef',
      OPENAI_BASE_URL: `${odd.url}/v1`,
      ANTHROPIC_API_KEY: 'sk-ant-odd-0123456789abcdef',
      ANTHROPIC_BASE_URL: odd.url,
      ...options.worker?.(odd.url),
    },
    start: async (app, environment) => {
      const running = await startProcess(app, environment)
      started.push(running)
      return running
    },
  })
  const outcomes = new Map<string, Promise<OddScanOutcome>>()
  const run = async ({ model, provider, types }: OddScan): Promise<OddScanOutcome> => {
    const id = await stack.scan({ model, provider, mode: 'full', include: names.slice(0, types) })
    const scan = await rested(stack, id, model)
    const counts = odd.count(model)
    if (!scan.done) await stack.ask(`/api/v1/scans/${id}/cancel`, { method: 'POST' })
    return { scan, counts }
  }
  return {
    odd,
    stack,
    runAll: (scans) => runSome(scans, run, outcomes),
    outcomeOf: (model) => outcomes.get(model) ?? Promise.reject(new Error(`no scan of ${model}`)),
    stop: async () => {
      await Promise.all(started.map((running) => running.stop('SIGKILL')))
      await odd.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Waits until a scan has ended, is paused with nothing running, or waits for a limit for more than some
 * seconds.
 */
async function rested({ read }: TestStack, scanId: string, model: string): Promise<Scan> {
  const what = `progress, the end, the pause or the long wait of ${model}`
  for (let ended = -1; ;) {
    const scan = await until(
      what,
      async () => {
        const seen = await read(scanId)
        return isRested(seen) || countEnded(seen) > ended ? seen : undefined
      },
      { withinMs: WITHIN_MS, everyMs: 200 },
    )
    if (isRested(scan)) return scan
    ended = countEnded(scan)
  }
}

const countEnded = ({ progress }: Scan): number => progress.succeeded + progress.failed

function isRested(scan: Scan): boolean {
  const isPaused = scan.status === 'paused' && scan.progress.running === 0
  const waitMs = Date.parse(scan.throttle?.until ?? '') - Date.now()
  return scan.done || isPaused || waitMs > 30_000
}

/** Runs the scans in order, PARALLEL at a time. The promise of each outcome exists from the start. */
function runSome(
  scans: readonly OddScan[],
  run: (scan: OddScan) => Promise<OddScanOutcome>,
  outcomes: Map<string, Promise<OddScanOutcome>>,
): void {
  const waiting = scans.map((scan) => {
    const { promise, resolve, reject } = Promise.withResolvers<OddScanOutcome>()
    // The test of this scan reports a failure.
    promise.catch(() => undefined)
    outcomes.set(scan.model, promise)
    return () => run(scan).then(resolve, reject)
  })
  const runNext = (): Promise<void> => waiting.shift()?.().then(runNext) ?? Promise.resolve()
  for (let slot = 0; slot < PARALLEL; slot += 1) void runNext()
}
