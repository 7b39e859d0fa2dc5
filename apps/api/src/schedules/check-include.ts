import type { ScheduleRequest } from '@capstan/shared/contract/scan/schedule'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { selectClusterTypes } from '../clusters/find-types.ts'
import { openCluster } from '../clusters/open-cluster.ts'

/**
 * Checks the patterns of a schedule by the rules of POST /scans. Returns warnings. A cluster that does not answer is a
 * warning, because it may be up when the schedule is due. Throws as selectClusterTypes and openCluster.
 */
export async function checkInclude(
  deps: Pick<ApiDeps, 'clusters'>,
  scan: ScheduleRequest['scan'],
  signal: AbortSignal,
): Promise<string[]> {
  const source = openCluster(deps, scan.cluster)
  try {
    return (await selectClusterTypes(source, scan, signal)).warnings
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CLUSTER_UNREACHABLE') throw error
    return [`The patterns could not be checked: ${error.message}.`]
  }
}
