import { loadavg } from 'node:os'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { measureRun, type RunMeasures } from '../../measures/measure-run.ts'
import type { Lab } from '../../scenario.ts'
import { runSequential } from '../../sequential/run-sequential.ts'
import { runBenchScan } from '../../stack/run-bench-scan.ts'
import { startBenchStack } from '../../stack/start-bench-stack.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** Null is the sequential baseline. */
export type ConcurrencyVariant = { concurrency: number; workers: number } | null

export interface ComparisonPlan {
  cluster: string
  include: string[]
  /** Configuration of the provider without the seed. */
  provider: Omit<SimConfigInput, 'seed'>
  /** Variants besides the sequential baseline. */
  variants: NonNullable<ConcurrencyVariant>[]
}

export interface ComparedRun extends RunMeasures {
  variant: ConcurrencyVariant
  seed: number
  /** Load of the machine in the minute before the run; separates a slow engine from a busy machine. */
  loadBefore: number
}

interface RunPlan {
  variant: ConcurrencyVariant
  seed: number
  /** Called when the provider has received the first call. */
  onBegun?: () => void
}

/**
 * Runs the sequential baseline and every variant of Capstan with the same latencies, for each seed. Variants
 * with one call at a time run side by side, because they only wait; all others run alone.
 */
export async function compareWithSequential(
  lab: Lab,
  plan: ComparisonPlan,
  seeds: number[],
): Promise<ComparedRun[]> {
  const isSlow = ({ concurrency }: NonNullable<ConcurrencyVariant>): boolean => concurrency === 1
  const plans = (variants: ConcurrencyVariant[]): RunPlan[] =>
    seeds.flatMap((seed) => variants.map((variant) => ({ variant, seed })))
  const runs = await runSideBySide(lab, plan, plans([null, ...plan.variants.filter(isSlow)]))
  for (const one of plans(plan.variants.filter((variant) => !isSlow(variant)))) {
    runs.push(await runOnce(lab, plan, one))
  }
  return runs
}

/** Each run starts when the previous one has started, so that startup cost does not affect the others. */
async function runSideBySide(
  lab: Lab,
  plan: ComparisonPlan,
  plans: RunPlan[],
): Promise<ComparedRun[]> {
  const broken = new AbortController()
  const signal = AbortSignal.any([lab.signal, broken.signal])
  const running: Promise<ComparedRun>[] = []
  for (const one of plans) {
    if (signal.aborted) break
    const begun = Promise.withResolvers<void>()
    const run = runOnce({ ...lab, signal }, plan, { ...one, onBegun: begun.resolve })
    run.catch((error: unknown) => broken.abort(error))
    running.push(run)
    await Promise.race([begun.promise, run.catch(() => undefined)])
  }
  // All of them end and clean up before the first error is thrown.
  await Promise.allSettled(running)
  return Promise.all(running)
}

async function runOnce(lab: Lab, plan: ComparisonPlan, one: RunPlan): Promise<ComparedRun> {
  const { variant, seed } = one
  lab.signal.throwIfAborted()
  const name = `seed ${seed}, ${describeVariant(variant)}`
  lab.log(`${name} …`)
  const loadBefore = loadavg()[0] ?? 0
  const measures = variant
    ? await runCapstan(lab, plan, { ...one, variant })
    : await runSequentialBaseline(lab, plan, one)
  const run = { variant, seed, loadBefore, ...measures }
  lab.record(toRow(run))
  lab.log(`${name}: ${(run.makespanMs / 1000).toFixed(1)} s`)
  return run
}

export function describeVariant(variant: ConcurrencyVariant): string {
  if (!variant) return 'sequential loop'
  const { concurrency, workers } = variant
  return `concurrency ${concurrency}, ${workers} worker${workers === 1 ? '' : 's'}`
}

function toRow({ variant, parts, ...run }: ComparedRun) {
  return {
    variant: variant ? 'capstan' : 'sequential',
    concurrency: variant?.concurrency ?? 1,
    workers: variant?.workers ?? 0,
    ...run,
    ...parts,
  }
}

async function runSequentialBaseline(
  lab: Lab,
  { cluster, include, provider: settings }: ComparisonPlan,
  { seed, onBegun }: RunPlan,
): Promise<RunMeasures> {
  await using stack = new AsyncDisposableStack()
  const provider = stack.adopt(await startProviderSim({ ...settings, seed }), (sim) => sim.close())
  const sim = stack.adopt(await startClusterSim({ cluster }), (running) => running.close())
  const { kubeconfig } = sim
  watchBegin(provider, lab.signal, onBegun)
  const loop = await runSequential({ kubeconfig, providerUrl: provider.url, include }, lab.signal)
  const { maxInFlight } = provider.stats()
  return measureRun({ ...loop, calls: provider.calls(), maxInFlight, slots: 1 })
}

async function runCapstan(
  lab: Lab,
  { cluster, include, provider: settings }: ComparisonPlan,
  { variant, seed, onBegun }: RunPlan & { variant: NonNullable<ConcurrencyVariant> },
): Promise<RunMeasures> {
  const { redisUrl } = lab
  const provider = { ...settings, seed }
  await using stack = await startBenchStack({ redisUrl, cluster, provider, ...variant })
  watchBegin(stack.provider, lab.signal, onBegun)
  const { scan, sentAtMs } = await runBenchScan(stack.apiUrl, { include }, lab.signal)
  if (scan.problem) throw new Error(`the scan failed as a whole: ${scan.problem.title}`)
  const types = scan.progress.total ?? 0
  return measureRun({
    calls: stack.provider.calls(),
    maxInFlight: stack.provider.stats().maxInFlight,
    startedAtMs: sentAtMs,
    endedAtMs: Date.parse(scan.finishedAt ?? ''),
    types,
    failed: types - scan.progress.succeeded,
    slots: variant.concurrency,
  })
}

/** The simulator sends no events; polling is cheap compared with calls of seconds. */
function watchBegin(provider: ProviderSim, signal: AbortSignal, onBegun?: () => void): void {
  if (!onBegun) return
  const timer = setInterval(() => {
    const begun = provider.stats().calls > 0
    if (begun) onBegun()
    if (begun || signal.aborted) clearInterval(timer)
  }, 20)
}
