import { loadavg } from 'node:os'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { computeCallBound } from '../measures/call-bound.ts'
import { computeIdealLimitedSchedule } from '../measures/ideal-limited-schedule.ts'
import type { Lab } from '../scenario.ts'
import { runBenchScan } from '../stack/run-bench-scan.ts'
import { startBenchStack } from '../stack/start-bench-stack.ts'
import type { BenchCase, CaseRun, Baseline, BaselineRun } from './bench-case.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** Plays one case once. `cluster` is a folder of manifests or `demo`. Throws when a scan fails as a whole. */
export async function runCase(
  lab: Lab,
  one: BenchCase,
  { cluster, seed }: { cluster: string; seed: number },
): Promise<CaseRun> {
  const loadBefore = loadavg()[0] ?? 0
  const { rival } = one
  const played = rival
    ? await playRival(lab, { one, rival, cluster, seed })
    : await playCapstan(lab, { one, cluster, seed })
  return measure(one, { ...played, seed, loadBefore })
}

interface Play {
  one: BenchCase
  cluster: string
  seed: number
}

interface Played {
  run: BaselineRun
  provider: Pick<ProviderSim, 'calls' | 'stats'>
}

async function playCapstan(lab: Lab, { one, cluster, seed }: Play): Promise<Played> {
  const { workers, slots: concurrency, wire, settings } = one
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: { ...one.provider, seed },
    workers,
    concurrency,
    ...(wire ? { wire } : {}),
    ...(settings ? { workerEnvironment: settings } : {}),
  })
  const include = includeOf(one)
  const { scan, sentAtMs } = await runBenchScan(stack.apiUrl, { include }, lab.signal)
  if (scan.problem) throw new Error(`the scan failed as a whole: ${scan.problem.title}`)
  const types = scan.progress.total ?? 0
  const endedAtMs = Date.parse(scan.finishedAt ?? '')
  const failed = types - scan.progress.succeeded
  return {
    run: { startedAtMs: sentAtMs, endedAtMs, types, failed },
    provider: frozen(stack.provider),
  }
}

/** The made-up types without those that every cluster has. */
function includeOf({ types }: BenchCase): string[] {
  return types === 'demo' ? ['*'] : ['*.example.com']
}

async function playRival(
  lab: Lab,
  { one, rival, cluster, seed }: Play & { rival: Baseline },
): Promise<Played> {
  await using stack = new AsyncDisposableStack()
  const started = await startProviderSim({ ...one.provider, seed })
  const provider = stack.adopt(started, (sim) => sim.close())
  const { wire = 'anthropic', slots } = one
  const work = { cluster, include: includeOf(one), wire, providerUrl: provider.url, slots }
  return { run: await rival(work, lab.signal), provider: frozen(provider) }
}

/** As the provider was at the end of the run, before everybody hangs up. */
function frozen(provider: ProviderSim): Played['provider'] {
  const [calls, stats] = [provider.calls(), provider.stats()]
  return { calls: () => calls, stats: () => stats }
}

function measure(
  one: BenchCase,
  { run, provider, seed, loadBefore }: Played & { seed: number; loadBefore: number },
): CaseRun {
  const calls = provider.calls()
  const [first] = calls
  if (!first) throw new Error('no call reached the provider')
  const makespanMs = run.endedAtMs - run.startedAtMs
  const bound = computeCallBound(calls, one.slots, one.provider.timeScale)
  const freeMs = computeIdealLimitedSchedule(calls, one.slots, one.provider.timeScale)
  const { rateLimited, maxInFlight } = provider.stats()
  return {
    case: one,
    seed,
    startedAtMs: run.startedAtMs,
    makespanMs,
    startMs: first.arrivedMs - run.startedAtMs,
    lowerBoundMs: bound.ms,
    binding: bound.binding,
    freeMs,
    efficiency: run.failed > 0 || one.disturbed ? null : bound.ms / makespanMs,
    types: run.types,
    failed: run.failed,
    turnedAway: rateLimited,
    beyondCapacity: calls.filter(({ refusedBy }) => refusedBy === 'capacity').length,
    amplification: calls.length / (run.types - run.failed),
    marginMs: marginOf(calls),
    maxInFlight,
    loadBefore,
    calls,
  }
}

function marginOf(calls: CaseRun['calls']): number | null {
  const margins = calls.flatMap(({ buckets }) =>
    buckets.map(({ level, need, perMinute }) => ((level - need) / perMinute) * 60_000),
  )
  return margins.length === 0 ? null : Math.min(...margins)
}
