import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { CallBlock, ScanCapacity } from './estimate-eta-by-capacity.ts'

/** State of the providers and workers that an unfinished scan depends on. Unknown parts are undefined. */
export interface ScanForecast {
  /** Input of the ETA. */
  capacity?: ScanCapacity | undefined
  /** Why no call may start now. Undefined: use `capacity.blocked`. */
  blocked?: CallBlock | null | undefined
  /** The last failed call of the scan's model. */
  fault?: ProviderFault | undefined
  /** Current reasons why the scan does not proceed, as sentences for people. */
  warnings: string[]
}

export type ReadForecast = (scan: Scan) => Promise<ScanForecast>
