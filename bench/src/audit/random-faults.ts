import type { SimConfigInput } from '@capstan/provider-sim/sim-config'

type Faults = NonNullable<SimConfigInput['faults']>

/** What a healthy provider shows: 0.6 % of the calls. */
export const LIGHT_FAULTS: Faults = [
  { kind: 'overloaded', probability: 0.004 },
  { kind: 'server-error', probability: 0.002 },
]

/** The mixture of the audit: 13 % of the calls, by luck alone. */
export const HEAVY_FAULTS: Faults = [
  { kind: 'rate-limited', probability: 0.05, retryAfter: 'missing' },
  { kind: 'server-error', probability: 0.04 },
  { kind: 'overloaded', probability: 0.03 },
  { kind: 'hang-before-headers', probability: 0.01 },
]
