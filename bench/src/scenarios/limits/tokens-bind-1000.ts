import {
  renderCasesPage,
  COMPLETE,
  EFFICIENT,
  NOT_AMPLIFIED,
  NONE_REJECTED,
} from '../../cases/cases-page.ts'
import type { BenchCase } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import type { Scenario } from '../../scenario.ts'

const CASE: BenchCase = {
  name: 'tokens bind',
  types: 1_000,
  workers: 4,
  slots: 200,
  provider: {
    latency: { kind: 'lognormal', medianMs: 2_400, sigma: 0.22 },
    limits: {
      requestsPerMinute: 1_000,
      inputTokensPerMinute: 500_000,
      outputTokensPerMinute: 400_000,
      burstSeconds: { requests: 10, tokens: 60 },
    },
    cache: { minTokens: 1_000_000 },
    // No estimate of tokens is exact then.
    tokenSpread: 0.1,
  },
  settings: () => ({
    ANTHROPIC_LIMITS: 'rpm=1000,itpm=500000,otpm=400000',
  }),
}

/** A large cluster whose bottleneck is input tokens. */
export const tokensBind1000: Scenario = {
  name: 'tokens-bind-1000',
  summary: '1,000 types with input tokens binding, estimates inexact; 110 s a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, [CASE], seeds), {
      name: 'tokens-bind-1000',
      title: 'Input tokens that bind, on 1,000 types',
      method: `1,000 made-up types, calls of 2.4 s at the median (lognormal, sigma 0.22), 200 slots of 4 workers. Limits like those of the Start tier of August 2026 (1,000 requests, 400,000 output tokens a minute), but with 500,000 in place of 2,000,000 input tokens: at 2,000,000 these small definitions would fit into what the bucket holds. How many tokens a text has varies by 10 % (sigma) around its length, so that no estimate is exact.`,
      goals: [EFFICIENT, NONE_REJECTED, NOT_AMPLIFIED, COMPLETE],
    }),
}
