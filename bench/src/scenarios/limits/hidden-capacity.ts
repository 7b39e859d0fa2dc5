import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import { renderCasesPage, COMPLETE, type Goal } from '../../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Scenario } from '../../scenario.ts'

/**
 * Time scales of the provider. The cost of a rate limit depends on real time: pauses, round trips (calls in
 * flight at the first rejection are rejected as well) and bursts longer than a pause. A capacity does not
 * depend on the time scale.
 */
const SCALES = { capacity: 4, requests: 1, tokens: 2 }
const CAPACITY = 40
const TYPES = 4_000
/** These run in real time, one minute per 480. */
const TYPES_OF_REQUESTS = 2_500
/** Learning a limit costs about three calls, so the sample has to be larger than for the other cases. */
const TYPES_OF_TOKENS = 5_000
const TOKEN_SPREAD = 0.3
const MINUTE_MS = 60_000
/** As a token bucket of a whole minute, and of requests as providers enforce them: over seconds. */
const RATE = { requestsPerMinute: 480, burstSeconds: { requests: 10, tokens: 60 } }
const TOKEN_RATE = { inputTokensPerMinute: 800_000 }

const WORK = {
  workers: 2,
  slots: 100,
  disturbed: true,
} as const
const PROVIDER = {
  latency: { kind: 'lognormal', medianMs: 4_800, sigma: 0.22 },
  headers: { limits: 'missing' },
  // Cached tokens would not count, and the prompt is the largest part here.
  cache: { minTokens: 1_000_000 },
} as const
const CASES: BenchCase[] = [
  {
    ...WORK,
    name: `capacity of ${CAPACITY}, unknown`,
    types: TYPES,
    provider: { ...PROVIDER, timeScale: SCALES.capacity, capacity: { concurrent: CAPACITY } },
  },
  {
    ...WORK,
    name: 'requests a minute, unknown',
    types: TYPES_OF_REQUESTS,
    provider: { ...PROVIDER, timeScale: SCALES.requests, limits: RATE },
  },
  {
    ...WORK,
    name: 'input tokens a minute, unknown',
    types: TYPES_OF_TOKENS,
    provider: {
      ...PROVIDER,
      timeScale: SCALES.tokens,
      tokenSpread: TOKEN_SPREAD,
      limits: TOKEN_RATE,
    },
  },
]

/** Calls beyond the hidden limit per 1,000 after the first simulated minute; null without such calls. */
function computeLateViolations(run: CaseRun): number | null {
  const late = selectLateCalls(run)
  if (late.length === 0) return null
  return (1_000 * late.filter(isBeyond).length) / late.length
}

function selectLateCalls({ calls }: CaseRun): CallRecord[] {
  const from = (calls[0]?.atSimMs ?? 0) + MINUTE_MS
  return calls.filter(({ atSimMs }) => atSimMs > from)
}

function isBeyond({ refusedBy }: CallRecord): boolean {
  return refusedBy !== undefined && refusedBy !== 'fault'
}

const CALM: Goal = {
  what: 'at most 1 call in 1,000 beyond the limit after the first minute',
  isReached: (run) => (computeLateViolations(run) ?? Number.POSITIVE_INFINITY) <= 1,
}

/** Share of the hidden limit that was used from the first call to the end. */
function use(run: CaseRun): number {
  const { calls, startedAtMs, makespanMs, lowerBoundMs } = run
  if (run.case.provider.capacity === undefined) return lowerBoundMs / makespanMs
  const busyMs = calls.reduce(
    (sum, { arrivedMs, endedMs }) => sum + ((endedMs ?? startedAtMs + makespanMs) - arrivedMs),
    0,
  )
  return busyMs / CAPACITY / makespanMs
}

/** A provider with limits that no header shows. */
export const hiddenCapacity: Scenario = {
  name: 'hidden-capacity',
  summary: `${TYPES} types on a provider with hidden limits; 12 min a seed`,
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'hidden-capacity',
      title: 'Hidden limits',
      method: `${TYPES} made-up types (${TYPES_OF_REQUESTS} where requests are limited, ${TYPES_OF_TOKENS} where tokens are), 100 slots of 2 workers without stated limits, and a provider that answers 529 to each call beyond ${CAPACITY} at once, or 429 to each beyond ${RATE.requestsPerMinute} requests (${RATE.burstSeconds.requests} s of them at once) or ${TOKEN_RATE.inputTokensPerMinute} input tokens a minute (a minute at once; what a text takes is off from the estimate by a sigma of ${TOKEN_SPREAD}). No header shows a limit or a remaining amount. The provider's clock runs ${SCALES.capacity} times as fast with a capacity, as real time with a limit of requests, and ${SCALES.tokens} times as fast with one of tokens (calls take 4.8 s of it at the median): pauses, round trips and the times that limits are learned in are not scaled, so a minute of a provider that is too fast is too short to learn its rates in. *Beyond* counts the rejected calls; *late* those for each 1,000 calls after the first minute, of which there are *late calls*. *Use* is the mean of calls in flight / the capacity, or lower bound / makespan where a rate is hidden.`,
      goals: [CALM, COMPLETE],
      columns: (runs) => ({
        beyond: formatSpread(
          runs.map(({ calls }) => calls.filter(isBeyond).length),
          0,
        ),
        'late calls': formatSpread(
          runs.map((run) => selectLateCalls(run).length),
          0,
        ),
        late: formatSpread(
          runs.flatMap((run) => computeLateViolations(run) ?? []),
          2,
        ),
        use: formatSpread(runs.map(use), 2),
      }),
      remarks: [
        'More than what is known to be allowed is tried after 4,000 answers, and less often each time that only finds it right; a raised limit is found so. The runs end before that, or about then. A bucket of tokens that holds a minute of them is met for the first time at about the end of the first minute, and measured when it is met again, so both may count as late: two or three calls, whatever the length of the scan.',
      ],
    }),
}
