import type { WhatIf } from '@capstan/shared/contract/speed/eta'
import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { NotFaster } from '@capstan/shared/contract/speed/not-faster'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { CallBlock, ScanCapacity } from './estimate-eta-by-capacity.ts'

/** The capacity after one change of the workers or the limits. */
export interface CapacityChange {
  change: WhatIf['change']
  capacity: ScanCapacity
}

/** Calls of all scans of the route, and what bounds them now. */
export interface RouteCalls {
  /** Null when calls start without a wait. */
  bound: Omit<NotFaster, 'model'> | null
  inFlight: number
  /** Most calls in flight: the slots of the workers, or the concurrency limits when they are lower. */
  maxInFlight: number | null
  /** Slots of all workers that serve the route. */
  slots: number
  /** All of them ran jobs at the last heartbeats, also jobs of other scans. */
  areSlotsBusy: boolean
}

/** State of the providers and workers that an unfinished scan depends on. Unknown parts are undefined. */
export interface ScanForecast {
  /** Input of the ETA. */
  capacity?: ScanCapacity | undefined
  /** Other capacities, for `whatIf` of the ETA. */
  changes?: CapacityChange[] | undefined
  /** Why no call may start now. Undefined: use `capacity.blocked`. */
  blocked?: CallBlock | null | undefined
  speed?: RouteCalls | undefined
  /** The last failed call of the scan's model. */
  fault?: ProviderFault | undefined
  /** Current reasons why the scan does not proceed, as sentences for people. */
  warnings: string[]
}

export type ReadForecast = (scan: Scan) => Promise<ScanForecast>
