import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { CallBlock, ScanCapacity } from './work-eta.ts'

/** What lies before a scan that is not done, as far as anybody knows. */
export interface ScanForecast {
  /** For the time left; undefined when nobody knows. */
  capacity?: ScanCapacity | undefined
  /** Why nothing goes on now; undefined: as the capacity says. */
  blocked?: CallBlock | null | undefined
  /** The last failure of a call of the scan's model. */
  fault?: ProviderFault | undefined
  /** Sentences on what keeps it from going on, for as long as they are true. */
  warnings: string[]
}

export type ReadForecast = (scan: Scan) => Promise<ScanForecast>
