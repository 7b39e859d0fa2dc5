import {
  renderCasesPage,
  COMPLETE,
  EFFICIENT,
  NEAR_IDEAL,
  NOT_AMPLIFIED,
  NONE_REJECTED,
} from '../../cases/cases-page.ts'
import type { BenchCase } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import { SIMULATED_KEY } from '../../stack/start-bench-stack.ts'
import type { Scenario } from '../../scenario.ts'

const SECOND_KEY = 'sk-ant-simulated-1111111111111111'
const LIMITS = { requestsPerMinute: 200, burstSeconds: { requests: 10, tokens: 60 } }

/** Large enough that the first and last call of a run hardly matter. */
const TYPES = 600

const WORK = {
  types: TYPES,
  workers: 2,
  slots: 120,
  provider: {
    latency: { kind: 'uniform', minMs: 4_000, maxMs: 6_000 },
    accounts: [
      { name: 'one', keys: [SIMULATED_KEY], limits: LIMITS },
      { name: 'two', keys: [SECOND_KEY], limits: LIMITS },
    ],
  },
} satisfies Omit<BenchCase, 'name'>

const CASES: BenchCase[] = [
  {
    ...WORK,
    name: 'two accounts',
    settings: (baseUrl) => ({
      ANTHROPIC_LIMITS: 'rpm=200',
      CAPSTAN_ACCOUNTS: JSON.stringify([
        { name: 'two', provider: 'anthropic', apiKey: SECOND_KEY, baseUrl, limits: 'rpm=200' },
      ]),
    }),
  },
  { ...WORK, name: 'one of them', settings: () => ({ ANTHROPIC_LIMITS: 'rpm=200' }) },
]

/** The gain from a second key. */
export const twoAccounts: Scenario = {
  name: 'two-accounts',
  summary: '600 types on two accounts of 200 requests a minute, and on one; 5 min a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'two-accounts',
      title: 'Two accounts, and one',
      method: `${TYPES} made-up types, 4 to 6 s a call, 120 slots of 2 workers. Each account may make 200 requests a minute, 33 at once at most. The bound of two accounts takes what both hold and refill together.`,
      goals: [EFFICIENT, NEAR_IDEAL, NONE_REJECTED, NOT_AMPLIFIED, COMPLETE],
    }),
}
