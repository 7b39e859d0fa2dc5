import { renderCasesPage, COMPLETE } from '../../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Scenario } from '../../scenario.ts'

const CASE: BenchCase = {
  name: 'use may double within a minute',
  types: 300,
  workers: 2,
  slots: 60,
  provider: {
    latency: { kind: 'uniform', minMs: 2_000, maxMs: 3_000 },
    ramp: { baseRequestsPerMinute: 200, growth: 2 },
  },
  settings: () => ({ ANTHROPIC_LIMITS: 'rpm=1000' }),
  isDisturbed: true,
}

const countRampRejections = ({ calls }: CaseRun): number =>
  calls.filter(({ refusedBy }) => refusedBy === 'ramp').length

/** A provider that rejects fast growth of usage, which no header shows in advance. */
export const ramp: Scenario = {
  name: 'ramp',
  summary: '300 types on a provider that lets use grow only so fast; 80 s a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, [CASE], seeds), {
      name: 'ramp',
      title: 'Use that may grow only so fast',
      method:
        '300 made-up types, 2 to 3 s a call, 60 slots of 2 workers with a stated limit of 1,000 requests a minute. The provider lets use grow to twice the mean of the minute before, from 200 requests a minute on, and answers 429 beyond (a ramp limit). No provider states how fast usage may grow, so calls are rejected until Capstan has slowed down.',
      goals: [COMPLETE],
      columns: (runs) => ({
        'rejected by the ramp': formatSpread(runs.map(countRampRejections), 0),
      }),
    }),
}
