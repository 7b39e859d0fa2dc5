import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { measureRun, type RunMeasures } from '../measures/measure-run.ts'
import type { Lab } from '../scenario.ts'
import { runSequential } from '../sequential/run-sequential.ts'
import { runScan } from '../stack/run-scan.ts'
import { startStack } from '../stack/start-stack.ts'

/** Null is the sequential loop. */
export type Variant = { concurrency: number; workers: number } | null

export interface ComparisonPlan {
  cluster: string
  include: string[]
  latency: SimConfigInput['latency']
  /** Besides the sequential loop. */
  variants: NonNullable<Variant>[]
}

export interface ComparedRun extends RunMeasures {
  variant: Variant
  seed: number
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
  const isSlow = ({ concurrency }: NonNullable<Variant>): boolean => concurrency === 1
  const play = async (variant: Variant, seed: number): Promise<ComparedRun> => {
    const name = `seed ${seed}, ${describeVariant(variant)}`
    lab.tell(`${name} …`)
    const measures = variant
      ? await playCapstan(lab, plan, { variant, seed })
      : await playSequential(lab, plan, seed)
    const run = { variant, seed, ...measures }
    lab.record(toRow(run))
    lab.tell(`${name}: ${(run.makespanMs / 1000).toFixed(1)} s`)
    return run
  }
  const slow: Variant[] = [null, ...plan.variants.filter(isSlow)]
  const runs = await Promise.all(
    seeds.flatMap((seed) => slow.map((variant) => play(variant, seed))),
  )
  for (const seed of seeds) {
    for (const variant of plan.variants.filter((one) => !isSlow(one))) {
      runs.push(await play(variant, seed))
    }
  }
  return runs
}

export function describeVariant(variant: Variant): string {
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
  { cluster, include, latency }: ComparisonPlan,
  seed: number,
): Promise<RunMeasures> {
  await using stack = new AsyncDisposableStack()
  const provider = stack.adopt(await startProviderSim({ seed, latency }), (sim) => sim.close())
  const sim = stack.adopt(await startClusterSim({ cluster }), (running) => running.close())
  const { kubeconfig } = sim
  const loop = await runSequential({ kubeconfig, providerUrl: provider.url, include }, lab.signal)
  const { maxInFlight } = provider.stats()
  return measureRun({ ...loop, calls: provider.calls(), maxInFlight, slots: 1 })
}

async function playCapstan(
  lab: Lab,
  { cluster, include, latency }: ComparisonPlan,
  { variant, seed }: { variant: NonNullable<Variant>; seed: number },
): Promise<RunMeasures> {
  const { redisUrl } = lab
  const provider = { seed, latency }
  await using stack = await startStack({ redisUrl, cluster, provider, ...variant })
  const { scan, sentAtMs } = await runScan(stack.apiUrl, { include }, lab.signal)
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
