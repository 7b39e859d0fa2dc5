import { runBare } from '../bare/run-bare.ts'
import type { LoadPlan } from '../engine/load-plan.ts'
import { runEngine } from '../engine/run-engine.ts'
import type { Usage } from '../engine/watch-usage.ts'
import type { Lab, Scenario } from '../scenario.ts'
import { withCrds } from '../stack/with-crds.ts'
import { overheadPage } from './overhead-10000-page.ts'

export interface OverheadRun {
  round: number
  variant: 'bare BullMQ' | 'Capstan'
  types: number
  tookMs: number
  failed: number
  usage: Usage
}

const TYPES = 10_000
const WORKERS = 1
const CONCURRENCY = 50

/** What the engine costs beside the queue that it is built on. */
export const overhead10000: Scenario = {
  name: 'overhead-10000',
  summary:
    'jobs a second with a provider that takes no time, against bare BullMQ, 10,000 types; 25 s a seed',
  seeds: 5,
  run: (lab, seeds) =>
    withCrds(TYPES, async (clusterFiles) => {
      const { redisUrl } = lab
      const plan = {
        redisUrl,
        clusterFiles,
        types: TYPES,
        workers: WORKERS,
        concurrency: CONCURRENCY,
      }
      return overheadPage(await playAll(lab, plan, seeds), { ...plan, rounds: seeds.length })
    }),
}

async function playAll(lab: Lab, plan: LoadPlan, rounds: number[]): Promise<OverheadRun[]> {
  const runs: OverheadRun[] = []
  for (const round of rounds) {
    // Each goes first in every other round, so that a machine that gets slower hurts both.
    const order = round % 2 === 1 ? [playBare, playEngine] : [playEngine, playBare]
    for (const play of order) {
      lab.signal.throwIfAborted()
      const run = { round, types: plan.types, ...(await play(plan, lab.signal)) }
      const { usage, ...figures } = run
      lab.record({ ...figures, ...usage })
      lab.tell(`round ${round}, ${run.variant}: ${(run.tookMs / 1000).toFixed(2)} s`)
      runs.push(run)
    }
  }
  return runs
}

async function playBare(plan: LoadPlan, signal: AbortSignal) {
  const { tookMs, usage } = await runBare(plan, signal)
  return { variant: 'bare BullMQ' as const, failed: 0, tookMs, usage }
}

async function playEngine(plan: LoadPlan, signal: AbortSignal) {
  const { tookMs, failed, usage } = await runEngine(plan, signal)
  return { variant: 'Capstan' as const, failed, tookMs, usage }
}
