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

export const SMALL_LIMITS: BenchCase = {
  name: 'Capstan, 2 workers',
  types: 'demo',
  workers: 2,
  slots: 20,
  provider: {
    latency: { kind: 'lognormal', medianMs: 4_800, sigma: 0.22 },
    limits: {
      requestsPerMinute: 50,
      inputTokensPerMinute: 30_000,
      outputTokensPerMinute: 8_000,
      burstSeconds: { requests: 10, tokens: 60 },
    },
    cache: { minTokens: 1_000_000 },
  },
  settings: () => ({
    ANTHROPIC_LIMITS: 'rpm=50,itpm=30000,otpm=8000',
  }),
}

/** The smallest account on a small cluster. */
export const smallLimits66: Scenario = {
  name: 'small-limits-66',
  summary: '66 types on 50 requests, 30K input and 8K output tokens a minute; 130 s a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, [SMALL_LIMITS], seeds), {
      name: 'small-limits-66',
      title: 'The smallest account, on 66 types',
      method: `The 66 types of the demo cluster on 50 requests, 30,000 input and 8,000 output tokens a minute (the first tier of 2025). Calls take 4.8 s at the median. No prompt cache, no scaled time.`,
      goals: [EFFICIENT, NONE_REJECTED, NOT_AMPLIFIED, COMPLETE],
    }),
}
