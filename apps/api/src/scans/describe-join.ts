import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { JoinedScan } from '@capstan/shared/contract/scan/started-scan'
import type { JoinReason } from '@capstan/scan-store/journal/open/new-scan'

/** Describes why a start joined a running scan. `resources` are the types that the start requested. */
export function describeJoin(
  because: JoinReason,
  resources: string[],
  { progress: { total } }: Pick<Scan, 'progress'>,
): JoinedScan {
  const types = resources.length
  const isPart = because === 'covers' && total !== null && types < total
  return {
    because,
    reason: describeReason(because, types),
    types,
    ...(isPart ? { resources } : {}),
  }
}

function describeReason(because: JoinReason, types: number): string {
  if (because === 'equal') return 'The running scan has an equal request and no plan yet.'
  const requested = types === 1 ? 'the requested type' : `all ${types} requested types`
  return `The plan of the running scan contains ${requested}; its model, mode and limits fit the request.`
}
