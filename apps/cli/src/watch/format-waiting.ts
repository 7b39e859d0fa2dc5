import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Names the scan that types wait for, for example `scan_…, which asks about 4 of the same types`. */
export function formatWaiting({ scanId, types }: NonNullable<Scan['waitingFor']>): string {
  return `${scanId}, which asks about ${types === 1 ? 'one' : types} of the same types`
}
