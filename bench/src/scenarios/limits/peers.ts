import { renderCasesPage, COMPLETE, NONE_REJECTED } from '../../cases/cases-page.ts'
import type { BenchCase } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import { createPausingBaseline } from '../../peers/create-pausing-baseline.ts'
import { queueBaseline } from '../../peers/queue-baseline.ts'
import type { Scenario } from '../../scenario.ts'
import { SMALL_LIMITS } from './small-limits-66.ts'

const CASES: BenchCase[] = [
  SMALL_LIMITS,
  { ...SMALL_LIMITS, name: 'p-queue, SDK retries', baseline: queueBaseline },
  { ...SMALL_LIMITS, name: 'request window, pause', baseline: createPausingBaseline(50) },
]

/** Common baselines for such work, on the same work. */
export const peers: Scenario = {
  name: 'peers',
  summary: 'two usual ways to do it against Capstan, on the smallest account; 5 min a seed',
  seeds: 3,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'peers',
      title: 'The usual ways to do it',
      method:
        'The work and the provider of [small-limits-66](small-limits-66.md), with 20 calls at once, in three ways. *p-queue, SDK retries*: a queue of 20 at once, and the default retries of the SDK for a rejected call (two more attempts that hold the slot). *Request window, pause*: as many starts a minute as the account has requests, all callers pause after a rejection, and the call is tried again without end; tokens are not looked at. Question, SDK and cluster client are the same for all. The peers keep nothing: no queue that survives, no result, no progress.',
      goals: [NONE_REJECTED, COMPLETE],
      bars: {
        name: 'rejected',
        title: 'Rejected calls',
        unit: 'calls',
        of: ({ rejected }) => rejected,
      },
      remarks: [
        'A bucket under constant load is always used up, so the pause need not be slower. Its cost is the rejected calls, which some providers count as use.',
        'A run that gives up on types is over sooner: it has no efficiency and its makespan is no speed.',
      ],
    }),
}
