import { loadavg } from 'node:os'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { measureRun, type RunMeasures } from '../measures/measure-run.ts'
import type { Lab } from '../scenario.ts'
import { runSequential } from '../sequential/run-sequential.ts'
import { runBenchScan } from '../stack/run-bench-scan.ts'
import { startBenchStack } from '../stack/start-bench-stack.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** Null is the sequential loop. */
export type ConcurrencyVariant = { concurrency: number; workers: number } | null

export interface ComparisonPlan {
  cluster: string
  include: string[]
  /** What the provider plays besides the seed. */
  provider: Omit<SimConfigInput, 'seed'>
  /** Besides the sequential loop. */
  variants: NonNullable<ConcurrencyVariant>[]
}

export interface ComparedRun extends RunMeasures {
  variant: ConcurrencyVariant
  seed: number
  /** Of the whole machine, over the minute before the run: tells a slow engine from a busy machine. */
  loadBefore: number
}

interface Play {
  variant: ConcurrencyVariant
  seed: number
  /** Called when the provider has seen the first call. */
  onBegun?: () => void
}

/**
 * Plays the sequential loop and every variant of Capstan on the same latencies, for each seed. Variants with one
 * call at a time run side by side, since they do nothing but wait; all others run alone.
 */
export async function compareWithSequential(
  lab: Lab,
  plan: ComparisonPlan,
  seeds: number[],
): Promise<ComparedRun[]> {
  const isSlow = ({ concurrency }: NonNullable<ConcurrencyVariant>): boolean => concurrency === 1
  const plays = (variants: ConcurrencyVariant[]): Play[] =>
    seeds.flatMap((seed) => variants.map((variant) => ({ variant, seed })))
  const runs = await playSideBySide(lab, plan, plays([null, ...plan.variants.filter(isSlow)]))
  for (const one of plays(plan.variants.filter((variant) => !isSlow(variant)))) {
    runs.push(await play(lab, plan, one))
  }
  return runs
}

/** Each begins when the one before has: what starting costs must not fall on the others. */
async function playSideBySide(
  lab: Lab,
  plan: ComparisonPlan,
  plays: Play[],
): Promise<ComparedRun[]> {
  const broken = new AbortController()
  const signal = AbortSignal.any([lab.signal, broken.signal])
  const running: Promise<ComparedRun>[] = []
  for (const one of plays) {
    if (signal.aborted) break
    const begun = Promise.withResolvers<void>()
    const run = play({ ...lab, signal }, plan, { ...one, onBegun: begun.resolve })
    run.catch((error: unknown) => broken.abort(error))
    running.push(run)
    await Promise.race([begun.promise, run.catch(() => undefined)])
  }
  // All of them end and clean up before the first fault is told.
  await Promise.allSettled(running)
  return Promise.all(running)
}

async function play(lab: Lab, plan: ComparisonPlan, one: Play): Promise<ComparedRun> {
  const { variant, seed } = one
  lab.signal.throwIfAborted()
  const name = `seed ${seed}, ${describeVariant(variant)}`
  lab.tell(`${name} …`)
  const loadBefore = loadavg()[0] ?? 0
  const measures = variant
    ? await playCapstan(lab, plan, { ...one, variant })
    : await playSequential(lab, plan, one)
  const run = { variant, seed, loadBefore, ...measures }
  lab.record(toRow(run))
  lab.tell(`${name}: ${(run.makespanMs / 1000).toFixed(1)} s`)
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

async function playSequential(
  lab: Lab,
  { cluster, include, provider: settings }: ComparisonPlan,
  { seed, onBegun }: Play,
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

async function playCapstan(
  lab: Lab,
  { cluster, include, provider: settings }: ComparisonPlan,
  { variant, seed, onBegun }: Play & { variant: NonNullable<ConcurrencyVariant> },
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

/** The simulator sends no events; looking costs nothing beside a call of seconds. */
function watchBegin(provider: ProviderSim, signal: AbortSignal, onBegun?: () => void): void {
  if (!onBegun) return
  const timer = setInterval(() => {
    const begun = provider.stats().calls > 0
    if (begun) onBegun()
    if (begun || signal.aborted) clearInterval(timer)
  }, 20)
}
