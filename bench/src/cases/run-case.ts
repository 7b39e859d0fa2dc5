import { loadavg } from 'node:os'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { computeCallBound } from '../measures/call-bound.ts'
import { computeIdealLimitedSchedule } from '../measures/ideal-limited-schedule.ts'
import type { Lab } from '../scenario.ts'
import { runBenchScan } from '../stack/run-bench-scan.ts'
import { startBenchStack } from '../stack/start-bench-stack.ts'
import type { BenchCase, CaseRun, Baseline, BaselineRun } from './bench-case.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** Runs one case once. `cluster` is a folder of manifests or `demo`. Throws when a scan fails as a whole. */
export async function runCase(
  lab: Lab,
  benchCase: BenchCase,
  { cluster, seed }: { cluster: string; seed: number },
): Promise<CaseRun> {
  const loadBefore = loadavg()[0] ?? 0
  const { baseline } = benchCase
  const outcome = baseline
    ? await runBaseline(lab, { benchCase, baseline, cluster, seed })
    : await runCapstan(lab, { benchCase, cluster, seed })
  return measure(benchCase, { ...outcome, seed, loadBefore })
}

interface RunPlan {
  benchCase: BenchCase
  cluster: string
  seed: number
}

interface CaseOutcome {
  run: BaselineRun
  provider: Pick<ProviderSim, 'calls' | 'stats'>
}

async function runCapstan(lab: Lab, { benchCase, cluster, seed }: RunPlan): Promise<CaseOutcome> {
  const { workers, slots: concurrency, wire, settings } = benchCase
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: { ...benchCase.provider, seed },
    workers,
    concurrency,
    ...(wire ? { wire } : {}),
    ...(settings ? { workerEnvironment: settings } : {}),
  })
  const include = listIncludes(benchCase)
  const { scan, sentAtMs } = await runBenchScan(stack.apiUrl, { include }, lab.signal)
  if (scan.problem) throw new Error(`the scan failed as a whole: ${scan.problem.title}`)
  const types = scan.progress.total ?? 0
  const endedAtMs = Date.parse(scan.finishedAt ?? '')
  const failed = types - scan.progress.succeeded
  return {
    run: { startedAtMs: sentAtMs, endedAtMs, types, failed },
    provider: freezeResults(stack.provider),
  }
}

/** The generated types, without the built-in ones. */
function listIncludes({ types }: BenchCase): string[] {
  return types === 'demo' ? ['*'] : ['*.example.com']
}

async function runBaseline(
  lab: Lab,
  { benchCase, baseline, cluster, seed }: RunPlan & { baseline: Baseline },
): Promise<CaseOutcome> {
  await using stack = new AsyncDisposableStack()
  const started = await startProviderSim({ ...benchCase.provider, seed })
  const provider = stack.adopt(started, (sim) => sim.close())
  const { wire = 'anthropic', slots } = benchCase
  const work = { cluster, include: listIncludes(benchCase), wire, providerUrl: provider.url, slots }
  return { run: await baseline(work, lab.signal), provider: freezeResults(provider) }
}

/** Copies calls and counts at the end of the run, before clients disconnect. */
function freezeResults(provider: ProviderSim): CaseOutcome['provider'] {
  const [calls, stats] = [provider.calls(), provider.stats()]
  return { calls: () => calls, stats: () => stats }
}

function measure(
  benchCase: BenchCase,
  { run, provider, seed, loadBefore }: CaseOutcome & { seed: number; loadBefore: number },
): CaseRun {
  const calls = provider.calls()
  const [first] = calls
  if (!first) throw new Error('no call reached the provider')
  const makespanMs = run.endedAtMs - run.startedAtMs
  const bound = computeCallBound(calls, benchCase.slots, benchCase.provider.timeScale)
  const idealMs = computeIdealLimitedSchedule(calls, benchCase.slots, benchCase.provider.timeScale)
  const { rateLimited, maxInFlight } = provider.stats()
  return {
    case: benchCase,
    seed,
    startedAtMs: run.startedAtMs,
    makespanMs,
    startMs: first.arrivedMs - run.startedAtMs,
    lowerBoundMs: bound.ms,
    binding: bound.binding,
    idealMs,
    efficiency: run.failed > 0 || benchCase.isDisturbed ? null : bound.ms / makespanMs,
    types: run.types,
    failed: run.failed,
    rejected: rateLimited,
    beyondCapacity: calls.filter(({ refusedBy }) => refusedBy === 'capacity').length,
    amplification: calls.length / (run.types - run.failed),
    headroomMs: computeHeadroomMs(calls),
    maxInFlight,
    loadBefore,
    calls,
  }
}

function computeHeadroomMs(calls: CaseRun['calls']): number | null {
  const headrooms = calls.flatMap(({ buckets }) =>
    buckets.map(({ level, need, perMinute }) => ((level - need) / perMinute) * 60_000),
  )
  return headrooms.length === 0 ? null : Math.min(...headrooms)
}
