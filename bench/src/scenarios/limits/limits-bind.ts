import { renderCasesPage, EFFICIENT, NOT_AMPLIFIED, NONE_REJECTED } from '../../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import type { Scenario } from '../../scenario.ts'

const TYPES = 300
const SLOTS = 120
const BURST = { requests: 10, tokens: 60 }
const REQUESTS = { requestsPerMinute: 300, burstSeconds: BURST }
const TOKENS = { inputTokensPerMinute: 200_000, burstSeconds: BURST }

const WORK = {
  types: TYPES,
  slots: SLOTS,
  provider: {
    latency: { kind: 'uniform', minMs: 2_000, maxMs: 3_000 },
    // Cached tokens would not count, and the prompt is the largest part here.
    cache: { minTokens: 1_000_000 },
  },
} as const

const CASES: BenchCase[] = [1, 2, 4, 8].flatMap((workers) => {
  const by = `${workers} worker${workers === 1 ? '' : 's'}`
  const one = (
    name: string,
    limits: typeof REQUESTS | typeof TOKENS,
    stated: string,
  ): BenchCase => ({
    ...WORK,
    name: `${name}, ${by}`,
    workers,
    provider: { ...WORK.provider, limits },
    ...(stated === '' ? {} : { settings: () => ({ ANTHROPIC_LIMITS: stated }) }),
  })
  return [
    one('requests stated', REQUESTS, 'rpm=300'),
    // The hardest case is enough for these.
    ...(workers === 8
      ? [one('input tokens stated', TOKENS, 'itpm=200000'), one('requests learned', REQUESTS, '')]
      : []),
  ]
})

const isStated = ({ case: { name } }: CaseRun): boolean => name.includes('stated')

/** Whether many processes keep limits, and how much of them is used. */
export const limitsBind: Scenario = {
  name: 'limits-bind',
  summary: 'limits kept and used up by 1, 2, 4 and 8 workers on 300 types; 6 min a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'limits-bind',
      title: 'Limits that bind, kept by many workers',
      method: `${TYPES} made-up types, 2 to 3 s a call, ${SLOTS} slots shared out to 1, 2, 4 or 8 worker processes, and a simulated provider that admits 300 requests a minute (50 at once at most) or 200,000 input tokens a minute. *Stated*: the workers know the limit (ANTHROPIC_LIMITS). *Learned*: they read it from the headers of the answers.`,
      goals: [
        { ...EFFICIENT, of: isStated },
        { ...NONE_REJECTED, of: isStated },
        { ...NOT_AMPLIFIED, of: isStated },
      ],
      remarks: [
        'Runs are short: the time before the first call and the last call, which is rarely the fastest, are a part of it that long scans do not notice.',
      ],
    }),
}
