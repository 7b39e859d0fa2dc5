import { casesPage, COMPLETE, type Goal } from '../cases/cases-page.ts'
import type { Case, CaseRun } from '../cases/case.ts'
import { playCases } from '../cases/play-cases.ts'
import { spread } from '../report/spread.ts'
import type { Scenario } from '../scenario.ts'

const SCALE = 4
const CAPACITY = 40
const MINUTE_MS = 60_000

const CASE: Case = {
  name: `capacity of ${CAPACITY}, unknown`,
  types: 2_000,
  workers: 2,
  slots: 100,
  provider: {
    timeScale: SCALE,
    latency: { kind: 'lognormal', medianMs: 4_800, sigma: 0.22 },
    capacity: { concurrent: CAPACITY },
  },
  disturbed: true,
}

/** Calls beyond the capacity for each 1,000 after the first simulated minute; null when none came that late. */
function lateViolations({ calls }: CaseRun): number | null {
  const from = (calls[0]?.atSimMs ?? 0) + MINUTE_MS
  const late = calls.filter(({ atSimMs }) => atSimMs > from)
  if (late.length === 0) return null
  const beyond = late.filter(({ refusedBy }) => refusedBy === 'capacity').length
  return (1_000 * beyond) / late.length
}

const CALM: Goal = {
  what: 'at most 1 call in 1,000 beyond the capacity after the first minute',
  isReached: (run) => (lateViolations(run) ?? Number.POSITIVE_INFINITY) <= 1,
}

/** Share of the capacity that was in use from the first call to the end. */
function use({ calls, startedAtMs, makespanMs }: CaseRun): number {
  const busyMs = calls.reduce(
    (sum, { arrivedMs, endedMs }) => sum + ((endedMs ?? startedAtMs + makespanMs) - arrivedMs),
    0,
  )
  return busyMs / CAPACITY / makespanMs
}

/** A provider that fails beyond a number of calls that no header tells. */
export const hiddenCapacity: Scenario = {
  name: 'hidden-capacity',
  summary: '2,000 types on a provider that runs 40 calls at once and tells nobody; 70 s a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    casesPage(await playCases(lab, [CASE], seeds), {
      name: 'hidden-capacity',
      title: 'A capacity that nobody tells',
      method: `2,000 made-up types, 100 slots of 2 workers, and a provider that answers 529 to each call beyond ${CAPACITY} at once; no header tells. Its clock runs ${SCALE} times as fast (calls take 1.2 s at the median), so its first minute is 15 s of the run. *Beyond capacity* counts those answers; *late* those for each 1,000 calls after the first minute.`,
      goals: [CALM, COMPLETE],
      columns: (runs) => ({
        'beyond capacity': spread(
          runs.map(({ beyondCapacity }) => beyondCapacity),
          0,
        ),
        late: spread(
          runs.flatMap((run) => lateViolations(run) ?? []),
          2,
        ),
        'use of the capacity': spread(runs.map(use), 2),
      }),
    }),
}
