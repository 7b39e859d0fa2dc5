import type { Catalog } from '@capstan/catalog/catalog'
import { compatName } from '../compat-name.ts'
import { findRow } from './find-row.ts'
import { missingId, unknownCapability } from './id-faults.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { failed, succeeded, type ToolAnswer } from '../tool-answer.ts'

/** Removes one row; the next scan of the type finds it again, at no cost while its definition is the same. */
export async function deleteCapability(
  catalog: Catalog,
  cluster: string,
  { id }: OrgDataRequest,
): Promise<ToolAnswer> {
  if (id === undefined) return failed('delete', missingId('to delete'))
  const row = await findRow(catalog, cluster, id)
  if (!row || !(await catalog.remove(cluster, row.resource))) {
    return failed('delete', unknownCapability(id))
  }
  return succeeded('delete', {
    deletedCapability: { id, resourceName: compatName(row) },
    message: `Capability deleted: ${compatName(row)}`,
  })
}

/** Removes every row of the cluster, and of no other. */
export async function deleteAllCapabilities(
  catalog: Catalog,
  cluster: string,
): Promise<ToolAnswer> {
  const deletedCount = await catalog.removeAll(cluster)
  if (deletedCount === 0) {
    const message = 'No capabilities found to delete'
    return succeeded('deleteAll', { deletedCount, totalCount: 0, errorCount: 0, message })
  }
  return succeeded('deleteAll', {
    deletedCount,
    totalCount: deletedCount,
    errorCount: 0,
    message: `Successfully deleted all ${deletedCount} capabilities`,
    confirmation: `Nothing is known any more of cluster ${cluster}.`,
    method: 'rows of one cluster removed; no collection was dropped',
  })
}
