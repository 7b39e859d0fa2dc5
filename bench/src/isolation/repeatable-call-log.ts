import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** The calls of a simulator over several measured scans. */
export interface RepeatableCallLog {
  /**
   * Resets the attempt counts of the simulator, so that the next scan has the same latencies as the previous
   * one.
   */
  repeatLatencies(): void
  /** Every call to one model. */
  of(model: string): CallRecord[]
}

/** Includes earlier calls. */
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
