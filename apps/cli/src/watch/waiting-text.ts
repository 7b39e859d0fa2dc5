import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Whose answers types of a scan wait for, such as `scan_…, which asks about 4 of the same types`. */
export function waitingText({ scanId, types }: NonNullable<Scan['waitingFor']>): string {
  return `${scanId}, which asks about ${types === 1 ? 'one' : types} of the same types`
}
