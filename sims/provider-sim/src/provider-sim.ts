import type { z } from 'zod'
import type { CallRecord } from './call/call-record.ts'
import type { Hold } from './call/holds.ts'
import type { FaultConfig } from './config/fault-config.ts'
import type { LimitChange } from './config/limits-config.ts'
import type { Compliance } from './log/compliance.ts'
import type { SimStats } from './log/sim-stats.ts'
import type { SimConfig, SimConfigInput } from './sim-config.ts'

export interface ProviderSim {
  /** Base URL; OpenAI clients need `/v1` appended. */
  url: string
  stats(): SimStats
  /** All calls since the start or the last reset: the ground truth of tests and benchmarks. */
  calls(): CallRecord[]
  /** Measures from `calls()` how well clients kept the limits. */
  compliance(): Compliance
  /** Counts of calls and levels of all buckets, in the text format of Prometheus. */
  metrics(): Promise<string>
  /** The current configuration. */
  config(): SimConfig
  /** Replaces the configuration and resets counts and buckets. */
  configure(config: SimConfigInput): void
  /** Changes limits. Buckets, counts and running calls are kept. */
  changeLimits(change: Omit<z.input<typeof LimitChange>, 'atSeconds'>): void
  /** Adds a fault. */
  addFault(fault: z.input<typeof FaultConfig>): void
  /** Holds the answers of matching calls until the returned function is called. */
  hold(which: Hold): () => void
  close(): Promise<void>
}
