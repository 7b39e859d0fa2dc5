import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { JoinedScan } from '@capstan/shared/contract/scan/started-scan'
import type { JoinReason } from '@capstan/scan-store/journal/new-scan'

/** Describes to a caller which scan its start has joined; `resources` are the types that it requested. */
export function describeJoin(
  because: JoinReason,
  resources: string[],
  { progress: { total } }: Pick<Scan, 'progress'>,
): JoinedScan {
  const types = resources.length
  const isPart = because === 'covers' && total !== null && types < total
  return { because, reason: reasonOf(because, types), types, ...(isPart ? { resources } : {}) }
}

function reasonOf(because: JoinReason, types: number): string {
  if (because === 'equal') return 'The running scan was requested alike and has no plan yet.'
  const requested = types === 1 ? 'the requested type' : `all ${types} requested types`
  return `The plan of the running scan contains ${requested}; its model, mode and limits fit the request.`
}
