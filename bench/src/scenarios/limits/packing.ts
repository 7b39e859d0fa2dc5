import { renderCasesPage, COMPLETE, NONE_REJECTED } from '../../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Scenario } from '../../scenario.ts'
import { SMALL_LIMITS } from './small-limits-66.ts'

/**
 * Latency grows with the length of an answer: a call about eight types must not be as fast as one about one
 * type.
 */
const WRITING = {
  kind: 'generation',
  firstTokenMs: 1_000,
  tokensPerSecond: 25,
  sigma: 0.22,
} as const
const MOST = 8

const REQUESTS: BenchCase = {
  name: 'requests bind',
  types: 120,
  workers: 2,
  slots: 120,
  provider: {
    latency: WRITING,
    limits: { requestsPerMinute: 50, burstSeconds: { requests: 10, tokens: 60 } },
  },
  settings: () => ({ ANTHROPIC_LIMITS: 'rpm=50' }),
}

const SMALLEST: BenchCase = {
  ...SMALL_LIMITS,
  name: 'smallest account',
  slots: 66,
  provider: { ...SMALL_LIMITS.provider, latency: WRITING },
}

const SLOTS: BenchCase = {
  name: 'slots bind',
  types: 60,
  workers: 2,
  slots: 10,
  provider: { latency: WRITING },
}

/** The same work twice; only the setting decides whether calls are multi-type. */
const PAIRS = [REQUESTS, SMALLEST, SLOTS].map((one) => ({
  alone: { ...one, name: `${one.name}, alone` },
  packed: {
    ...one,
    name: `${one.name}, packed`,
    // The lower bound does not know how many types a call may contain.
    disturbed: true,
    settings: (url: string) => ({ ...one.settings?.(url), CAPSTAN_TYPES_PER_CALL: String(MOST) }),
  },
  name: one.name,
}))

const isOf =
  ({ name }: BenchCase) =>
  (run: CaseRun): boolean =>
    run.case.name === name

/** Whether multi-type prompts pay off, and whether they change nothing otherwise. */
export const packing: Scenario = {
  name: 'packing',
  summary: 'up to 8 small types a call, where requests, tokens or slots bind; 7 min a seed',
  seeds: 5,
  run: async (lab, seeds) => {
    const cases = PAIRS.flatMap(({ alone, packed }) => [alone, packed])
    const runs = await runCases(lab, cases, seeds)
    return renderCasesPage(runs, {
      name: 'packing',
      title: 'Several types a call',
      method: `The same work with every type in a call of its own, and with up to ${MOST} small types in one call when calls wait for a limit anyway (CAPSTAN_TYPES_PER_CALL=${MOST}). *Requests bind*: 120 made-up types on 50 requests a minute. *Smallest account*: the 66 types of the demo cluster on 50 requests, 30,000 input and 8,000 output tokens a minute, without a prompt cache. *Slots bind*: 60 made-up types on 10 slots without a limit. The provider writes 25 tokens a second, so a call about more types takes longer.`,
      goals: [
        NONE_REJECTED,
        COMPLETE,
        ...PAIRS.slice(2).map(({ packed }) => ({
          what: 'a call for each type, as without packing',
          of: isOf(packed),
          isReached: ({ amplification }: CaseRun) => amplification === 1,
        })),
      ],
      columns: (own) => ({ 'input tokens a type': sumInput(own) }),
      remarks: PAIRS.map((pair) => computeGain(pair, runs)),
      bars: {
        name: 'time',
        title: 'Time of the scan',
        unit: 's',
        of: ({ makespanMs }) => makespanMs / 1_000,
      },
    })
  },
}

function sumInput(runs: CaseRun[]): string {
  const perType = runs.map(({ calls, types, failed }) => {
    const all = calls.reduce((sum, call) => sum + call.inputTokens + call.cacheWriteTokens, 0)
    return all / (types - failed)
  })
  return formatSpread(perType, 0)
}

/** Runs of the same seed, so that both had the same definitions and latencies. */
function computeGain({ name, alone, packed }: (typeof PAIRS)[number], runs: CaseRun[]): string {
  const ofPacked = runs.filter(isOf(packed))
  const gains = runs.filter(isOf(alone)).flatMap(({ seed, makespanMs }) => {
    const other = ofPacked.find((run) => run.seed === seed)
    return other ? [makespanMs / other.makespanMs] : []
  })
  return `${name}: packed ${formatSpread(gains, 2)} times as fast as alone.`
}
