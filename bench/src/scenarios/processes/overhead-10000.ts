import { startProcess } from '@capstan/testkit/start-process'
import { runBare } from '../../bare/run-bare.ts'
import type { LoadPlan } from '../../engine/load-plan.ts'
import { runEngine, type EngineChange } from '../../engine/run-engine.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'
import { SIMULATED_KEY } from '../../stack/start-bench-stack.ts'
import { renderOverheadPage, type OverheadRun } from './overhead-10000-page.ts'

const TYPES = 10_000
const WORKERS = 1
/** Few, and as many as a worker that waits for a model has. */
const CONCURRENCIES = [50, 200]

/** Overhead of the engine compared with the queue below it. */
export const overhead10000: Scenario = {
  name: 'overhead-10000',
  summary:
    'jobs a second with a provider that takes no time, against bare BullMQ, 10,000 types; 3 min a seed',
  seeds: 5,
  run: (lab, seeds) =>
    runWithCrds(TYPES, async (clusterFiles) => {
      const plan = { redisUrl: lab.redisUrl, clusterFiles, types: TYPES, workers: WORKERS }
      return renderOverheadPage(await runAll(lab, plan, seeds), { ...plan, rounds: seeds.length })
    }),
}

async function runAll(
  lab: Lab,
  plan: Omit<LoadPlan, 'concurrency'>,
  rounds: number[],
): Promise<OverheadRun[]> {
  const runs: OverheadRun[] = []
  for (const round of rounds) {
    // Alternating order, so that a machine that gets slower affects both.
    const order = round % 2 === 1 ? MEASUREMENTS : MEASUREMENTS.toReversed()
    for (const concurrency of CONCURRENCIES) {
      for (const runOnce of order) {
        lab.signal.throwIfAborted()
        const figures = await runOnce({ ...plan, concurrency }, lab.signal)
        const run = { round, concurrency, types: plan.types, apiCpuMs: null, ...figures }
        const { usage, ...rest } = run
        lab.record({ ...rest, ...usage })
        const seconds = (run.tookMs / 1000).toFixed(2)
        lab.log(`round ${round}, ${run.variant}, ${concurrency} at a time: ${seconds} s`)
        runs.push(run)
      }
    }
  }
  return runs
}

async function measureBare(plan: LoadPlan, signal: AbortSignal) {
  const { tookMs, usage } = await runBare(plan, signal)
  return { variant: 'bare BullMQ' as const, failed: 0, tookMs, usage }
}

/** The minimal work of a worker that stores its results. */
async function measureStore(plan: LoadPlan, signal: AbortSignal) {
  const { tookMs, usage } = await runBare(plan, signal, { does: 'store' })
  return { variant: 'BullMQ and the least stored' as const, failed: 0, tookMs, usage }
}

/** The minimal work of any worker for this job, with a provider that answers at once. */
async function measureCall(plan: LoadPlan, signal: AbortSignal) {
  await using stack = new AsyncDisposableStack()
  const provider = await startProcess('provider-sim', { PORT: '0' })
  stack.defer(async () => void (await provider.stop()))
  const { tookMs, usage } = await runBare(plan, signal, {
    does: 'call',
    url: provider.url,
    apiKey: SIMULATED_KEY,
  })
  return { variant: 'BullMQ and one call' as const, failed: 0, tookMs, usage }
}

function measureEngine(
  variant: 'Capstan' | 'Capstan without job records' | 'Capstan with a reader',
  change: EngineChange,
) {
  return async (plan: LoadPlan, signal: AbortSignal) => {
    const { tookMs, failed, usage, apiCpuMs } = await runEngine(plan, signal, change)
    return { variant, failed, tookMs, usage, apiCpuMs }
  }
}

const MEASUREMENTS = [
  measureBare,
  measureStore,
  measureEngine('Capstan without job records', { withoutJobRecords: true }),
  measureEngine('Capstan', {}),
  measureEngine('Capstan with a reader', { isFollowed: true }),
  measureCall,
]
