import type { SimConfigInput } from '@capstan/provider-sim/sim-config'

type Faults = NonNullable<SimConfigInput['faults']>

/** Fault rates of a healthy provider: 0.6 % of the calls. */
export const LIGHT_FAULTS: Faults = [
  { kind: 'overloaded', probability: 0.004 },
  { kind: 'server-error', probability: 0.002 },
]

/** The fault mixture of the audit: 13 % of the calls, at random. */
export const HEAVY_FAULTS: Faults = [
  { kind: 'rate-limited', probability: 0.05, retryAfter: 'missing' },
  { kind: 'server-error', probability: 0.04 },
  { kind: 'overloaded', probability: 0.03 },
  { kind: 'hang-before-headers', probability: 0.01 },
]
