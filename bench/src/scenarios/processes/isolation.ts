import { loadavg } from 'node:os'
import {
  PAUSES,
  REJECTIONS,
  startBlockedScan,
  type BlockedScanMeasures,
  type Pause,
} from '../../isolation/blocked-scan.ts'
import { openRepeatableCallLog } from '../../isolation/repeatable-call-log.ts'
import { compareNarrowScan } from '../../isolation/compare-narrow-scan.ts'
import { KIND_PLANS, SCAN_KINDS, type ScanKind } from '../../isolation/scan-kinds.ts'
import { timeScan } from '../../isolation/time-scan.ts'
import type { Workbench } from '../../isolation/workbench.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { SIMULATED_KEY, startBenchStack } from '../../stack/start-bench-stack.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'
import { renderIsolationPage, type IsolationRun, type TimedScan } from './isolation-page.ts'

const TYPES = 800
const WORKERS = 2
const SLOTS = 40
const BY_MODELS: ScanKind[] = ['other model', 'other provider']
/**
 * Kinds of each round. A scan with rule-based answers uses the remaining CPU of the machine, which changes within
 * seconds, so it has many short rounds.
 */
const ROUNDS: ScanKind[][] = Array.from({ length: 10 }, (_, round) =>
  round % 3 === 0 ? ['demo', ...BY_MODELS] : ['demo'],
)
const CONDITIONS = [null, ...PAUSES]
const MAX_PASSES = 30

/** Whether a scan is slowed down by a paused route. */
export const isolation: Scenario = {
  name: 'isolation',
  summary: 'scans beside a route that is paused for a day or a minute, against alone; 4 min a seed',
  seeds: 5,
  run: (lab, seeds) =>
    runWithCrds(TYPES, async (cluster, types) => {
      const runs: IsolationRun[] = []
      for (const seed of seeds) runs.push(await runSeed(lab, { cluster, types, seed }))
      return renderIsolationPage(runs, { workers: WORKERS, slots: SLOTS })
    }),
}

interface SeedPlan {
  cluster: string
  types: string[]
  seed: number
}

async function runSeed(lab: Lab, { cluster, types, seed }: SeedPlan): Promise<IsolationRun> {
  const loadBefore = loadavg()[0] ?? 0
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: { seed, latency: { kind: 'uniform', minMs: 800, maxMs: 1_200 }, faults: REJECTIONS },
    workers: WORKERS,
    concurrency: SLOTS,
    workerEnvironment: (url) => ({
      OPENAI_API_KEY: SIMULATED_KEY,
      OPENAI_BASE_URL: `${url}/v1`,
      // Like real limits, not like a local server.
      OPENAI_LIMITS: 'concurrency=1000',
    }),
  })
  const bench = { stack, calls: openRepeatableCallLog(stack.provider), types, signal: lab.signal }
  const run = { lab, seed, bench }
  // The first scans read the definitions of the cluster and compile code.
  await timeKinds(run, SCAN_KINDS, null)
  const scans: TimedScan[] = []
  const blocked: BlockedScanMeasures[] = []
  for (const [round, kinds] of ROUNDS.entries()) {
    for (const beside of rotate(CONDITIONS, seed + round)) {
      const block = await timeBlock(run, rotate(kinds, round), beside)
      scans.push(...block.scans)
      blocked.push(...block.blocked)
    }
  }
  const end = await timeThroughEnd(run)
  scans.push(...end.scans)
  blocked.push(...end.blocked)
  const narrow = await compareNarrowScan(bench)
  const [aloneMs, besideMs] = [narrow.aloneMs.join(' '), narrow.besideMs.join(' ')]
  lab.record({ seed, kind: 'beside a scan with concurrency 1', aloneMs, besideMs })
  return { seed, scans, blocked, narrow, loadBefore }
}

/** Rotates the order, so that no variant always follows the start of a pause or the load of another variant. */
function rotate<T>(list: readonly T[], by: number): T[] {
  const from = by % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}

interface SeedRun {
  lab: Lab
  seed: number
  bench: Workbench
}

interface Block {
  scans: TimedScan[]
  blocked: BlockedScanMeasures[]
}

/** One scan of each kind, one after another. */
async function timeKinds(
  { lab, seed, bench }: SeedRun,
  kinds: readonly ScanKind[],
  beside: Pause | null,
): Promise<TimedScan[]> {
  const scans: TimedScan[] = []
  for (const kind of kinds) {
    const { types, request } = KIND_PLANS[kind]
    const tookMs = await timeScan(bench, { ...request, include: bench.types.slice(0, types) })
    lab.record({ seed, kind, beside, tookMs })
    lab.log(`seed ${seed}, ${kind} ${beside ? `beside a ${beside}` : 'alone'}: ${tookMs} ms`)
    scans.push({ kind, beside, tookMs })
  }
  return scans
}

async function timeBlock(run: SeedRun, kinds: ScanKind[], beside: Pause | null): Promise<Block> {
  if (!beside) return { scans: await timeKinds(run, kinds, beside), blocked: [] }
  const scan = await startBlockedScan(run.bench, beside)
  const scans = await timeKinds(run, kinds, beside)
  return { scans, blocked: [await scan.end()] }
}

/**
 * Scans with models until a pause of one minute has ended and started again, so that one of them covers its
 * end.
 */
async function timeThroughEnd(run: SeedRun): Promise<Block> {
  const scan = await startBlockedScan(run.bench, 'minute')
  const scans: TimedScan[] = []
  for (let pass = 0; scan.bursts().length < 2; pass += 1) {
    if (pass > MAX_PASSES) throw new Error('the provider was not called again after the pause')
    scans.push(...(await timeKinds(run, BY_MODELS, 'minute')))
  }
  return { scans, blocked: [await scan.end()] }
}
