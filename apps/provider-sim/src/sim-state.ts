import { AccountLimits } from './account-limits.ts'
import type { SimState } from './handle-call.ts'
import { FaultPicker } from './pick-fault.ts'
import type { SimConfig } from './sim-config.ts'

/** A fresh provider that plays `config`. */
export function newSimState(config: SimConfig): SimState {
  return {
    config,
    limits: new AccountLimits(config.limits),
    faults: new FaultPicker(config),
    seenPrompts: new Set(),
    calls: [],
    inFlight: 0,
    maxInFlight: 0,
  }
}
