import { renderCasesPage, COMPLETE, type Goal } from '../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../cases/bench-case.ts'
import { runCases } from '../cases/run-cases.ts'
import { computeIdealFaultSchedule } from '../measures/ideal-fault-schedule.ts'
import { formatSpread } from '../report/spread.ts'
import type { Scenario } from '../scenario.ts'

const TYPES = 600
const SLOTS = 24
const TIMEOUT_MS = 15_000
const SHARE = 0.8

type Faults = NonNullable<BenchCase['provider']['faults']>

const SERVER_ERROR = { kind: 'server-error', probability: 0.05 } as const
const OVERLOADED = { kind: 'overloaded', probability: 0.03 } as const
/** The provider checks faults in this order and uses the first: shares are nearly those of the calls. */
const createMixture = (retryAfter: 'missing' | number): Faults => [
  { kind: 'rate-limited', probability: 0.05, retryAfter },
  { kind: 'server-error', probability: 0.04 },
  { kind: 'overloaded', probability: 0.03 },
  { kind: 'hang-before-headers', probability: 0.01 },
]
const MIXED = '5 % 429, 4 % 500, 3 % 529, 1 % hang'

const CALM = 'no faults'

const CASES: BenchCase[] = [
  createFaultyCase(CALM, []),
  createFaultyCase('5 % 500', [SERVER_ERROR]),
  createFaultyCase('3 % 529', [OVERLOADED]),
  createFaultyCase(MIXED, createMixture('missing')),
  createFaultyCase(`${MIXED}; Retry-After 1 s`, createMixture(1)),
]

function createFaultyCase(name: string, faults: Faults): BenchCase {
  return {
    name,
    types: TYPES,
    workers: 2,
    slots: SLOTS,
    provider: { latency: { kind: 'uniform', minMs: 1_000, maxMs: 2_000 }, faults },
    settings: () => ({ CAPSTAN_CALL_TIMEOUT_MS: String(TIMEOUT_MS) }),
    isDisturbed: true,
  }
}

function computeIdealMs({ calls, case: { provider } }: CaseRun): number {
  const named = provider.faults?.some(({ retryAfter }) => typeof retryAfter === 'number') ?? false
  return computeIdealFaultSchedule(calls, {
    slots: SLOTS,
    timeoutMs: TIMEOUT_MS,
    obeysRetryAfter: named,
  })
}

function share(run: CaseRun): number {
  return computeIdealMs(run) / run.makespanMs
}

/** The same share for the run of this seed without faults: the overhead of engine and machine. */
function computeCalmShare(runs: CaseRun[], { seed }: CaseRun): number {
  const calm = runs.find((run) => run.seed === seed && run.case.name === CALM)
  return calm ? share(calm) : 1
}

const NEAR_IDEAL: Goal = {
  what: `at least ${SHARE} of the speed of the ideal scheduler`,
  isReached: (run) => run.failed === 0 && share(run) >= SHARE,
}

/** A provider whose calls fail at random, independent of its load. */
export const randomFaults: Scenario = {
  name: 'random-faults',
  summary: `${TYPES} types on a provider whose calls fail by chance; 5 min a seed`,
  seeds: 3,
  run: async (lab, seeds) => {
    const runs = await runCases(lab, CASES, seeds)
    return renderCasesPage(runs, {
      name: 'random-faults',
      title: 'Random faults',
      method: `${TYPES} made-up types, 1 to 2 s a call, ${SLOTS} slots of 2 workers, no limits. Calls fail by chance, drawn for each attempt of each type, whatever the load: 500 and 529 after the latency of the call, 429 at once (without Retry-After but in the last row), and a call that hangs until the deadline of ${TIMEOUT_MS / 1_000} s. The *ideal scheduler* costs nothing and pays the same faults: it has the same types with the same latencies and faults in the same number of slots, repeats a failed call at once, and starts no call before a wait that the provider named is over. *Share of the ideal* is its time / makespan, start of the scan included; *against no faults* divides it by that of the run without faults, so that the load of the machine falls out.`,
      goals: [NEAR_IDEAL, COMPLETE],
      columns: (own) => ({
        'ideal scheduler, s': formatSpread(
          own.map((run) => computeIdealMs(run) / 1_000),
          1,
        ),
        'share of the ideal': formatSpread(own.map(share), 3),
        'against no faults': formatSpread(
          own.map((run) => share(run) / computeCalmShare(runs, run)),
          3,
        ),
      }),
      bars: {
        name: 'share',
        title: 'Time of the ideal scheduler / makespan',
        unit: '%',
        of: (run) => 100 * share(run),
      },
    })
  },
}
