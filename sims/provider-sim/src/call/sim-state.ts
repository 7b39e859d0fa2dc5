import { Batches } from '../batches/batches.ts'
import { CallLatency } from '../latency/call-latency.ts'
import { PromptCache } from '../cache/prompt-cache.ts'
import type { LimitChange } from '../config/limits-config.ts'
import { FaultPicker } from '../faults/pick-fault.ts'
import { AccountLimits } from '../limits/account-limits.ts'
import { RampLimits } from '../limits/ramp-limits.ts'
import { SpendCaps } from '../limits/spend-cap.ts'
import { SimCallLog } from '../log/sim-call-log.ts'
import { SimClock } from '../sim-clock.ts'
import type { SimConfig } from '../sim-config.ts'
import type { RateView } from '../wires/rate-view.ts'
import { Accounts } from './accounts.ts'
import type { CallRecord } from './call-record.ts'
import { Holds } from './holds.ts'
import { InFlight } from './in-flight.ts'

/** All mutable state of a provider with one configuration. */
export interface SimState {
  readonly config: SimConfig
  readonly clock: SimClock
  readonly accounts: Accounts
  readonly limits: AccountLimits
  readonly ramps: RampLimits
  readonly spend: SpendCaps
  readonly faults: FaultPicker
  readonly holds: Holds
  readonly cache: PromptCache
  readonly latency: CallLatency
  readonly inFlight: InFlight
  /** How often each definition was requested. */
  readonly attempts: Map<string, number>
  readonly calls: CallRecord[]
  readonly log: SimCallLog
  /** First limit headers of each account and group, for headers that never change. */
  readonly firstViews: Map<string, RateView[]>
  readonly batches: Batches
  readonly batchFaults: FaultPicker
}

/** Creates a provider in its initial state. */
export function createSimState(config: SimConfig): SimState {
  return {
    config,
    clock: new SimClock(config.timeScale),
    accounts: new Accounts(config),
    limits: new AccountLimits(config),
    ramps: new RampLimits(config),
    spend: new SpendCaps(config),
    faults: new FaultPicker(config.seed, config.faults),
    holds: new Holds(),
    cache: new PromptCache(config.cache),
    latency: new CallLatency(config),
    inFlight: new InFlight(),
    attempts: new Map(),
    calls: [],
    log: new SimCallLog(config),
    firstViews: new Map(),
    batches: new Batches(),
    batchFaults: new FaultPicker(config.seed, config.batches.faults),
  }
}

/** Changes limits. Counts, buckets and running calls are kept. */
export function changeLimits(state: SimState, change: Omit<LimitChange, 'atSeconds'>): void {
  const now: LimitChange = { ...change, atSeconds: state.clock.nowMs() / 1000 }
  state.limits.change(now)
  state.log.changed(now)
}
