import {
  renderCasesPage,
  COMPLETE,
  EFFICIENT,
  NEAR_IDEAL,
  NOT_AMPLIFIED,
  NONE_REJECTED,
} from '../cases/cases-page.ts'
import type { BenchCase } from '../cases/bench-case.ts'
import { runCases } from '../cases/run-cases.ts'
import type { Scenario } from '../scenario.ts'

const CASES: BenchCase[] = [300, 1_000].map((types) => ({
  name: `${types.toLocaleString('en')} types`,
  wire: 'openai',
  types,
  workers: 2,
  slots: 64,
  provider: {
    latency: { kind: 'lognormal', medianMs: 2_400, sigma: 0.22 },
    limits: {
      requestsPerMinute: 500,
      tokensPerMinute: 200_000,
      burstSeconds: { requests: 10, tokens: 60 },
    },
    cache: { minTokens: 1_000_000 },
  },
  settings: () => ({ OPENAI_LIMITS: 'rpm=500,tpm=200000' }),
}))

/** A combined limit for input and output, as OpenAI counts. */
export const combined300: Scenario = {
  name: 'combined-300',
  summary: '300 and 1,000 types on 500 requests and 200K tokens in one sum (OpenAI); 7 min a seed',
  seeds: 3,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'combined-300',
      title: 'Input and output from one bucket',
      method: `300 and 1,000 made-up types through the OpenAI API on 500 requests and 200,000 tokens a minute; the provider reserves the maximum output of a call at admission and refunds the unused part. Calls take 2.4 s at the median.`,
      goals: [EFFICIENT, NEAR_IDEAL, NONE_REJECTED, NOT_AMPLIFIED, COMPLETE],
      remarks: [
        'The loss at start and end of a run grows less than its work, so it matters less the longer the bucket binds.',
        'The bound counts what calls really use. Tokens reserved for output that is never written are unavailable to other calls until the call ends; no scheduler can avoid this.',
      ],
    }),
}
