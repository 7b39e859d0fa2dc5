import type { SimConfigInput } from './sim-config.ts'

export interface Profile {
  name: string
  /** Purpose in one line. */
  purpose: string
  config: SimConfigInput
}

// Latency of all profiles: 90 % of the answers take 3.3 to 6.9 s, one in a hundred several times as long.
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
 * Named configurations. Limits were published by the vendors for a tier at some time, or are invented where
 * the line states it. Figures measured with them are not measurements of a real provider.
 */
export const PROFILES: Profile[] = [
  { name: 'unlimited', purpose: 'no limit, no fault, no latency', config: {} },
  {
    name: 'sequential',
    purpose: '4 to 6 s per call, no limit: for a sequential baseline',
    config: { latency: { kind: 'uniform', minMs: 4000, maxMs: 6000 } },
  },
  {
    name: 'small-limits',
    purpose: '50 RPM, 30K ITPM, 8K OTPM',
    config: { latency, limits: buildAnthropicLimits(50, 30_000, 8000) },
  },
  {
    name: 'anthropic-tier-1',
    purpose: 'Anthropic, first tier of 2025: 50 RPM, 30K ITPM, 8K OTPM, with its rare faults',
    config: { latency, limits: buildAnthropicLimits(50, 30_000, 8000), faults: [...RARE_FAULTS] },
  },
  {
    name: 'anthropic-start',
    purpose: 'Anthropic, Start tier of August 2026, with a cap on spending',
    config: {
      latency,
      limits: buildAnthropicLimits(1000, 2_000_000, 400_000),
      spend: { capUsd: 500 },
      faults: [...RARE_FAULTS],
    },
  },
  {
    name: 'anthropic-build',
    purpose: 'Anthropic, Build tier of August 2026',
    config: { latency, limits: buildAnthropicLimits(5000, 5_000_000, 1_000_000) },
  },
  {
    name: 'anthropic-scale',
    purpose: 'Anthropic, Scale tier of August 2026',
    config: { latency, limits: buildAnthropicLimits(10_000, 10_000_000, 2_000_000) },
  },
  {
    name: 'openai-tier-1',
    purpose: 'OpenAI, first tier as third parties report it: 1,000 RPM, 500K TPM',
    config: { latency, limits: { requestsPerMinute: 1000, tokensPerMinute: 500_000 } },
  },
  {
    name: 'combined-limits',
    purpose: '500 RPM and 200K tokens per minute from one bucket',
    config: { latency, limits: { requestsPerMinute: 500, tokensPerMinute: 200_000 } },
  },
  {
    name: 'sub-minute',
    purpose: '60 RPM enforced as 10 in 10 s',
    config: { latency, limits: { requestsPerMinute: 60, burstSeconds: { requests: 10 } } },
  },
  {
    name: 'hidden-capacity',
    purpose: 'wide limits, but more than 40 concurrent calls get 529, and no header shows it',
    config: {
      latency,
      limits: buildAnthropicLimits(1000, 2_000_000, 400_000),
      capacity: { concurrent: 40 },
      slowness: { load: { knee: 40, slope: 0.5 } },
    },
  },
  {
    name: 'hidden-cut',
    purpose: 'after 60 s the limits halve, and headers do not change',
    config: {
      latency,
      limits: buildAnthropicLimits(1000, 200_000, 40_000),
      changes: [
        {
          atSeconds: 60,
          announced: false,
          limits: { ...buildAnthropicLimits(500, 100_000, 20_000) },
        },
      ],
    },
  },
  {
    name: 'blackout',
    purpose: 'from second 30 to 90 every call gets 503 at once',
    config: {
      latency,
      faults: [{ kind: 'unavailable', fromSeconds: 30, toSeconds: 90, afterMs: 50 }],
    },
  },
  {
    name: 'brownout',
    purpose: 'for five minutes half of the calls get 529',
    config: {
      latency,
      faults: [{ kind: 'overloaded', probability: 0.5, toSeconds: 300, afterMs: 100 }],
    },
  },
  {
    name: 'ramp',
    purpose: 'usage may double per minute, starting at 60 requests per minute',
    config: {
      latency,
      limits: buildAnthropicLimits(5000, 5_000_000, 1_000_000),
      ramp: { baseRequestsPerMinute: 60, growth: 2 },
    },
  },
  {
    name: 'slow-phases',
    purpose: 'about every minute, twenty seconds with three times the latency',
    config: {
      latency,
      slowness: { phases: { normalSeconds: 60, slowSeconds: 20, factor: 3 } },
    },
  },
  {
    name: 'flaky',
    purpose: 'one call in seven fails, with every kind of fault',
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
    purpose: 'headers with twice the limits, and a retry-after of 0',
    config: {
      latency,
      limits: buildAnthropicLimits(50, 30_000, 8000),
      headers: { limits: 'doubled', retryAfter: 'zero' },
    },
  },
  {
    name: 'two-accounts',
    purpose: 'keys sim-key-one (50 RPM, 30K, 8K) and sim-key-two (100 RPM, 60K, 16K)',
    config: {
      latency,
      accounts: [
        { name: 'one', keys: ['sim-key-one'], limits: buildAnthropicLimits(50, 30_000, 8000) },
        { name: 'two', keys: ['sim-key-two'], limits: buildAnthropicLimits(100, 60_000, 16_000) },
      ],
    },
  },
]

function buildAnthropicLimits(requests: number, input: number, output: number) {
  return {
    requestsPerMinute: requests,
    inputTokensPerMinute: input,
    outputTokensPerMinute: output,
  }
}
