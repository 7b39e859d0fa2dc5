import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LimitsConfig } from '@capstan/provider-sim/config/limits-config'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { lowerBound, type Supply } from '../lower-bound.ts'
import type { Lab, Scenario } from '../scenario.ts'
import { runScan } from '../stack/run-scan.ts'
import { startStack, type Stack } from '../stack/start-stack.ts'
import { limitsBindPage } from './limits-bind-page.ts'

/** A provider with limits, and the setting that states them to the workers (null: they have to learn them). */
export interface LimitsCase {
  name: string
  limits: Partial<LimitsConfig>
  stated: string | null
}

export interface LimitsRun {
  case: string
  workers: number
  seed: number
  makespanMs: number
  lowerBoundMs: number
  binding: string
  /** Lower bound / makespan. Null with failures, which shorten a makespan. */
  efficiency: number | null
  calls: number
  types: number
  /** Calls that the provider turned away because of a limit. */
  turnedAway: number
  failed: number
}

const TYPES = 300
const SLOTS = 120
const BURST = { requests: 10, tokens: 60 }
const REQUESTS = { requestsPerMinute: 400, burstSeconds: BURST }
const TOKENS = { inputTokensPerMinute: 240_000, burstSeconds: BURST }

const CASES: LimitsCase[] = [
  { name: 'requests bind, stated', limits: REQUESTS, stated: 'rpm=400' },
  { name: 'requests bind, learned', limits: REQUESTS, stated: null },
  { name: 'input tokens bind, stated', limits: TOKENS, stated: 'itpm=240000' },
]
const WORKERS = [1, 4, 8]

/** Whether limits are kept by many processes, and how much of them is used. */
export const limitsBind: Scenario = {
  name: 'limits-bind',
  summary:
    'limits kept and used up by 1, 4 and 8 workers on 300 types at 4-6 s a call; 6 min a seed',
  seeds: 3,
  run: async (lab, seeds) => {
    const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-limits-'))
    try {
      await writeCrdFolder(folder, TYPES)
      return limitsBindPage(await playAll(lab, folder, seeds), seeds.length)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function playAll(lab: Lab, cluster: string, seeds: number[]): Promise<LimitsRun[]> {
  const runs: LimitsRun[] = []
  for (const seed of seeds) {
    for (const one of CASES) {
      for (const workers of WORKERS) {
        lab.signal.throwIfAborted()
        lab.tell(`seed ${seed}, ${one.name}, ${workers} worker${workers === 1 ? '' : 's'} …`)
        const run = await play(lab, cluster, { case: one, workers, seed })
        lab.record({ ...run })
        runs.push(run)
      }
    }
  }
  return runs
}

async function play(
  lab: Lab,
  cluster: string,
  { case: one, workers, seed }: { case: LimitsCase; workers: number; seed: number },
): Promise<LimitsRun> {
  await using stack = await startStack({
    redisUrl: lab.redisUrl,
    cluster,
    provider: {
      seed,
      latency: { kind: 'uniform', minMs: 4_000, maxMs: 6_000 },
      limits: one.limits,
      // Tokens that are read from a cache would not count, and the prompt is most of them here.
      cache: { minTokens: 1_000_000 },
    },
    workers,
    concurrency: SLOTS,
    ...(one.stated === null ? {} : { workerEnvironment: { ANTHROPIC_LIMITS: one.stated } }),
  })
  const { scan, sentAtMs } = await runScan(stack.apiUrl, { include: ['*.example.com'] }, lab.signal)
  const makespanMs = Date.parse(scan.finishedAt ?? '') - sentAtMs
  const bound = boundOf(stack)
  const { failed, total } = scan.progress
  return {
    case: one.name,
    workers,
    seed,
    makespanMs,
    lowerBoundMs: bound.ms,
    binding: bound.binding,
    efficiency: failed > 0 ? null : bound.ms / makespanMs,
    calls: stack.provider.stats().calls,
    types: total ?? 0,
    turnedAway: stack.provider.stats().rateLimited,
    failed,
  }
}

/** From the simulator's own log: what it drew, what was taken from each bucket, and what the buckets hold. */
function boundOf({ provider }: Stack) {
  const answered = provider.calls().filter(({ verdict }) => verdict === 'answered')
  const supplies = provider
    .compliance()
    .buckets.map(({ bucket, admitted, capacity, perMinute }): Supply => ({
      name: bucket,
      needed: admitted,
      capacity,
      perMs: perMinute / 60_000,
    }))
  return lowerBound(
    answered.map(({ latencyMs }) => latencyMs),
    SLOTS,
    supplies,
  )
}
