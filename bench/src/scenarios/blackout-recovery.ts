import { renderCasesPage, COMPLETE, type Goal } from '../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../cases/bench-case.ts'
import { runCases } from '../cases/run-cases.ts'
import { countInFlight } from '../measures/in-flight.ts'
import { formatSpread } from '../report/spread.ts'
import type { Scenario } from '../scenario.ts'

const FROM_S = 12
const TO_S = 37
/** The calls that detect the outage, and those that freed slots started. */
const FOUND_OUT_MS = 1_000
const STEP_MS = 500
const RECOVERED = 0.9
const GOAL_MS = 15_000

const SLOTS = 50
const CASE: BenchCase = {
  name: `down for ${TO_S - FROM_S} s`,
  types: 500,
  workers: 2,
  slots: SLOTS,
  provider: {
    latency: { kind: 'uniform', minMs: 2_000, maxMs: 3_000 },
    faults: [{ kind: 'unavailable', fromSeconds: FROM_S, toSeconds: TO_S, afterMs: 50 }],
  },
  isDisturbed: true,
}

/** Clock time (ms) at a simulated second of the provider; its clock is not scaled here. */
function computeClockTime({ calls }: CaseRun, seconds: number): number {
  const [first] = calls
  return first ? first.arrivedMs - first.atSimMs + seconds * 1_000 : Number.NaN
}

/** Calls that reached the provider during the outage, once its failures were known. */
function countProbes(run: CaseRun): number {
  const first = run.calls.find(({ fault }) => fault !== undefined)
  if (!first) return 0
  const [from, to] = [first.arrivedMs + FOUND_OUT_MS, computeClockTime(run, TO_S)]
  return run.calls.filter(({ arrivedMs }) => arrivedMs > from && arrivedMs < to).length
}

/** From the end of the outage until nine tenths of the slots are busy again. Infinity when they never are. */
function computeRecoveryMs(run: CaseRun): number {
  const from = computeClockTime(run, TO_S)
  const steps = countInFlight(run.calls, from, run.startedAtMs + run.makespanMs, STEP_MS)
  const step = steps.findIndex((busy) => busy >= RECOVERED * SLOTS)
  return step === -1 ? Number.POSITIVE_INFINITY : step * STEP_MS
}

const RECOVERS: Goal = {
  what: `full speed within ${GOAL_MS / 1_000} s of the end of the outage`,
  isReached: (run) => computeRecoveryMs(run) <= GOAL_MS,
}
/** Two at a time, in open periods of 5 s, then 7 s. */
const ONLY_PROBES: Goal = {
  what: 'at most 10 calls while it is known to be down',
  isReached: (run) => countProbes(run) <= 10,
}

/** A provider with a temporary outage. */
export const blackoutRecovery: Scenario = {
  name: 'blackout-recovery',
  summary: '500 types on a provider that is down for 25 s; 80 s a seed',
  seeds: 5,
  run: async (lab, seeds) => {
    const runs = await runCases(lab, [CASE], seeds)
    const [first] = runs
    const at = (seconds: number): number =>
      first ? (computeClockTime(first, seconds) - first.startedAtMs) / 1_000 : 0
    return renderCasesPage(runs, {
      name: 'blackout-recovery',
      title: 'An outage, and the way back',
      method: `500 made-up types, 2 to 3 s a call, ${SLOTS} slots of 2 workers. From second ${FROM_S} to ${TO_S} of the provider's life each call is answered 503 after 50 ms. *Probes* are calls later than ${FOUND_OUT_MS / 1_000} s after the first failure and before the end of the outage; *recovery* is the time from its end until ${RECOVERED * 100} % of the slots are busy.`,
      goals: [RECOVERS, ONLY_PROBES, COMPLETE],
      columns: (own) => ({
        probes: formatSpread(own.map(countProbes), 0),
        'recovery, s': formatSpread(
          own.map((run) => computeRecoveryMs(run) / 1_000),
          1,
        ),
      }),
      band: { name: 'down', from: at(FROM_S), to: at(TO_S) },
    })
  },
}
