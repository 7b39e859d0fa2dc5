import { chaos, chaosWithFaults } from '../audit/trials/chaos.ts'
import { lostHolder } from '../audit/trials/lost-holder.ts'
import { manyReaders } from '../audit/trials/many-readers.ts'
import { rollingStop } from '../audit/trials/rolling-stop.ts'
import { soak } from '../audit/trials/soak.ts'
import { unwritableRedis } from '../audit/trials/unwritable-redis.ts'
import { worstStarts } from '../audit/trials/worst-starts.ts'
import { wrongClocks } from '../audit/trials/wrong-clocks.ts'
import type { Measure, AuditTrial } from '../audit/audit-trial.ts'
import type { Row } from '../report/table.ts'
import type { Lab, Scenario } from '../scenario.ts'

/** Quick trials first; the long one runs only with the first seed. */
const TRIALS: AuditTrial[] = [
  lostHolder,
  worstStarts,
  rollingStop,
  wrongClocks,
  unwritableRedis,
  manyReaders,
  chaos,
  chaosWithFaults,
]
const LONG_TRIALS: AuditTrial[] = [soak]

interface TrialRun {
  trial: AuditTrial
  seed: number
  measures: Measure[]
}

/** Disturbances of a running installation, each with its bounds. */
export const audit: Scenario = {
  name: 'audit',
  summary: 'attacks on separate processes over a Redis of their own; 8 min a seed, and 10 once',
  seeds: 3,
  run: async (lab, seeds) => {
    const runs: TrialRun[] = []
    for (const seed of seeds) {
      for (const trial of TRIALS) runs.push(await runTrial(lab, trial, seed))
      if (seed === seeds[0]) {
        for (const trial of LONG_TRIALS) runs.push(await runTrial(lab, trial, seed))
      }
    }
    return {
      title: 'Audit trials and their results',
      method: [
        'Every trial starts Redis, API and worker processes and simulators of cluster and provider of its own, in separate processes but for the simulators. A worker has 10 slots. *Held* states whether the bound was kept with every seed.',
        ...[...TRIALS, ...LONG_TRIALS].map(({ name, method }) => `* **${name}**: ${method}`),
      ].join('\n'),
      rows: [...TRIALS, ...LONG_TRIALS].flatMap((trial) => buildRows(trial, runs)),
      plots: [],
      findings: describeBroken(runs),
    }
  },
}

async function runTrial(lab: Lab, trial: AuditTrial, seed: number): Promise<TrialRun> {
  lab.signal.throwIfAborted()
  lab.log(`seed ${seed}, ${trial.name} …`)
  const measures = await trial.run(lab, seed)
  for (const { what, value, bound, isHeld } of measures) {
    lab.record({ seed, trial: trial.name, what, value, bound: bound ?? null, held: String(isHeld) })
    lab.log(`  ${isHeld === false ? '✖' : ' '} ${what}: ${value}${bound ? ` (${bound})` : ''}`)
  }
  return { trial, seed, measures }
}

function buildRows(trial: AuditTrial, runs: TrialRun[]): Row[] {
  const own = runs.filter((run) => run.trial === trial)
  const [first] = own
  return (first?.measures ?? []).map(({ what, bound }, index) => {
    const all = own.flatMap(({ measures }) => measures[index] ?? [])
    const isBroken = all.some(({ isHeld }) => isHeld === false)
    return {
      trial: index === 0 ? trial.name : '',
      measure: what,
      'by seed': all.map(({ value }) => value).join(' · '),
      bound: bound ?? '–',
      held: bound === undefined ? '–' : isBroken ? '**no**' : 'yes',
    }
  })
}

function describeBroken(runs: TrialRun[]): string {
  const broken = runs.flatMap(({ trial, seed, measures }) =>
    measures
      .filter(({ isHeld }) => isHeld === false)
      .map(
        ({ what, value, bound }) =>
          `* **Not held** in ${trial.name}, seed ${seed}: ${what} was ${value}, ${bound}.`,
      ),
  )
  const count = runs.flatMap(({ measures }) => measures).filter(({ isHeld }) => isHeld).length
  return [`* ${count} bounds were held.`, ...broken].join('\n')
}
