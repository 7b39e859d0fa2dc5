import { formatCompatName } from '../compat-name.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import { findRow } from './find-row.ts'
import { describeMissingId, describeUnknownId } from './id-faults.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { buildFailure, buildSuccess, type ToolAnswer } from '../tool-answer.ts'

/** Removes one row. The next scan restores it, at no cost while its definition is unchanged. */
export async function deleteCapability(
  { catalog, audit }: CompatDeps,
  cluster: string,
  { id }: OrgDataRequest,
  { by: principal, role, requestId }: Caller,
): Promise<ToolAnswer> {
  if (id === undefined) return buildFailure('delete', describeMissingId('to delete'))
  const row = await findRow(catalog, cluster, id)
  if (!row || !(await catalog.remove(cluster, row.resource))) {
    return buildFailure('delete', describeUnknownId(id))
  }
  const target = `${cluster}/${row.resource}`
  await audit.write({ action: 'capability.deleted', principal, role, requestId, target })
  return buildSuccess('delete', {
    deletedCapability: { id, resourceName: formatCompatName(row) },
    message: `Capability deleted: ${formatCompatName(row)}`,
  })
}

/** Removes all rows of the cluster. */
export async function deleteAllCapabilities(
  { catalog, audit }: CompatDeps,
  cluster: string,
  { by: principal, role, requestId }: Caller,
): Promise<ToolAnswer> {
  const deletedCount = await catalog.removeAll(cluster)
  if (deletedCount === 0) {
    const message = 'No capabilities found to delete'
    return buildSuccess('deleteAll', { deletedCount, totalCount: 0, errorCount: 0, message })
  }
  const change = { target: cluster, detail: `${deletedCount} types` }
  await audit.write({ action: 'capabilities.deleted', principal, role, requestId, ...change })
  return buildSuccess('deleteAll', {
    deletedCount,
    totalCount: deletedCount,
    errorCount: 0,
    message: `Successfully deleted all ${deletedCount} capabilities`,
    confirmation: `The catalog has no capabilities of cluster ${cluster}.`,
    method: 'rows of one cluster removed; no collection was dropped',
  })
}
