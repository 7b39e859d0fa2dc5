import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** The calls of a simulator over several measured scans. */
export interface RepeatableCallLog {
  /**
   * The simulator forgets which types it was asked about, so that the next scan meets the latencies that the scan before it
   * met: they depend on how often a type was asked about.
   */
  repeatLatencies(): void
  /** Every call about one model. */
  of(model: string): CallRecord[]
}

/** Calls made before are part of it. */
export function openRepeatableCallLog(provider: ProviderSim): RepeatableCallLog {
  const earlier: CallRecord[] = []
  return {
    repeatLatencies: () => {
      earlier.push(...provider.calls())
      provider.configure(provider.config())
    },
    of: (model) => [...earlier, ...provider.calls()].filter((call) => call.model === model),
  }
}
