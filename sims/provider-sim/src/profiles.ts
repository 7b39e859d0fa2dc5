import type { SimConfigInput } from './sim-config.ts'

export interface Profile {
  name: string
  /** What it is for, in one line. */
  shows: string
  config: SimConfigInput
}

// The latency of all: 90 % of the answers take 3.3 to 6.9 s, one in a hundred several times as long.
const latency = {
  kind: 'lognormal',
  medianMs: 4800,
  sigma: 0.22,
  tail: { probability: 0.01 },
} as const

const RARE_FAULTS = [
  { kind: 'overloaded', probability: 0.004, afterMs: 100 },
  { kind: 'server-error', probability: 0.002 },
  { kind: 'hang-before-headers', probability: 0.001 },
] as const

/**
 * Named configurations. Limits are those the vendors published for a tier at some time or, where the line
 * says so, made up; no figure measured with them is a measurement of a real provider.
 */
export const PROFILES: Profile[] = [
  { name: 'unlimited', shows: 'no limit, no fault, no latency', config: {} },
  {
    name: 'sequential',
    shows: '4 to 6 s a call, no limit: what a loop over types takes',
    config: { latency: { kind: 'uniform', minMs: 4000, maxMs: 6000 } },
  },
  {
    name: 'small-limits',
    shows: '50 RPM, 30K ITPM, 8K OTPM',
    config: { latency, limits: anthropicLimits(50, 30_000, 8000) },
  },
  {
    name: 'anthropic-tier-1',
    shows: 'Anthropic, first tier of 2025: 50 RPM, 30K ITPM, 8K OTPM, with its rare faults',
    config: { latency, limits: anthropicLimits(50, 30_000, 8000), faults: [...RARE_FAULTS] },
  },
  {
    name: 'anthropic-start',
    shows: 'Anthropic, Start tier of August 2026, with a cap on spending',
    config: {
      latency,
      limits: anthropicLimits(1000, 2_000_000, 400_000),
      spend: { capUsd: 500 },
      faults: [...RARE_FAULTS],
    },
  },
  {
    name: 'anthropic-build',
    shows: 'Anthropic, Build tier of August 2026',
    config: { latency, limits: anthropicLimits(5000, 5_000_000, 1_000_000) },
  },
  {
    name: 'anthropic-scale',
    shows: 'Anthropic, Scale tier of August 2026',
    config: { latency, limits: anthropicLimits(10_000, 10_000_000, 2_000_000) },
  },
  {
    name: 'openai-tier-1',
    shows: 'OpenAI, first tier as third parties report it: 1,000 RPM, 500K TPM',
    config: { latency, limits: { requestsPerMinute: 1000, tokensPerMinute: 500_000 } },
  },
  {
    name: 'combined-limits',
    shows: '500 RPM and 200K tokens a minute from one bucket',
    config: { latency, limits: { requestsPerMinute: 500, tokensPerMinute: 200_000 } },
  },
  {
    name: 'sub-minute',
    shows: '60 RPM enforced as 10 in 10 s',
    config: { latency, limits: { requestsPerMinute: 60, burstSeconds: { requests: 10 } } },
  },
  {
    name: 'hidden-capacity',
    shows: 'wide limits, but more than 40 calls at once are answered 529, and no header tells',
    config: {
      latency,
      limits: anthropicLimits(1000, 2_000_000, 400_000),
      capacity: { concurrent: 40 },
      slowness: { load: { knee: 40, slope: 0.5 } },
    },
  },
  {
    name: 'hidden-cut',
    shows: 'after 60 s the limits halve, and the headers go on as before',
    config: {
      latency,
      limits: anthropicLimits(1000, 200_000, 40_000),
      changes: [
        { atSeconds: 60, announced: false, limits: { ...anthropicLimits(500, 100_000, 20_000) } },
      ],
    },
  },
  {
    name: 'blackout',
    shows: 'from second 30 to 90 every call is answered 503 at once',
    config: {
      latency,
      faults: [{ kind: 'unavailable', fromSeconds: 30, toSeconds: 90, afterMs: 50 }],
    },
  },
  {
    name: 'brownout',
    shows: 'for five minutes half of the calls are answered 529',
    config: {
      latency,
      faults: [{ kind: 'overloaded', probability: 0.5, toSeconds: 300, afterMs: 100 }],
    },
  },
  {
    name: 'ramp',
    shows: 'usage may double within a minute, from 60 requests a minute on',
    config: {
      latency,
      limits: anthropicLimits(5000, 5_000_000, 1_000_000),
      ramp: { baseRequestsPerMinute: 60, growth: 2 },
    },
  },
  {
    name: 'slow-phases',
    shows: 'every minute or so, twenty seconds of answers that take three times as long',
    config: {
      latency,
      slowness: { phases: { normalSeconds: 60, slowSeconds: 20, factor: 3 } },
    },
  },
  {
    name: 'flaky',
    shows: 'one call in seven fails, in every way there is',
    config: {
      latency,
      faults: (
        [
          ['overloaded', 0.03],
          ['server-error', 0.02],
          ['html-error', 0.01],
          ['hang-before-headers', 0.005],
          ['hang-in-body', 0.005],
          ['reset', 0.01],
          ['reset-in-body', 0.01],
          ['broken-body', 0.01],
          ['broken-text', 0.01],
          ['fenced-text', 0.01],
          ['truncated-text', 0.01],
          ['schema-breaking-text', 0.01],
          ['refusal', 0.005],
        ] as const
      ).map(([kind, probability]) => ({ kind, probability })),
    },
  },
  {
    name: 'liar-headers',
    shows: 'headers that promise twice the limits, and a retry-after of 0',
    config: {
      latency,
      limits: anthropicLimits(50, 30_000, 8000),
      headers: { limits: 'doubled', retryAfter: 'zero' },
    },
  },
  {
    name: 'two-accounts',
    shows: 'keys sim-key-one (50 RPM, 30K, 8K) and sim-key-two (100 RPM, 60K, 16K)',
    config: {
      latency,
      accounts: [
        { name: 'one', keys: ['sim-key-one'], limits: anthropicLimits(50, 30_000, 8000) },
        { name: 'two', keys: ['sim-key-two'], limits: anthropicLimits(100, 60_000, 16_000) },
      ],
    },
  },
]

function anthropicLimits(requests: number, input: number, output: number) {
  return {
    requestsPerMinute: requests,
    inputTokensPerMinute: input,
    outputTokensPerMinute: output,
  }
}
