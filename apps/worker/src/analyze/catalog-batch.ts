import type { Catalog } from '@capstan/catalog/catalog'
import { batchCalls } from '@capstan/redis/batch-calls'
import type { Capability } from '@capstan/shared/contract/capability'

/** Large enough to save requests, small enough for one request of a vector store. */
const MAX_ROWS = 100

type PutRows = Pick<Catalog, 'put'>

/**
 * Writes the rows of concurrent jobs together: rows that arrive during a write are in the next one. The parts of a rejected write
 * are written one by one, so that one bad row fails alone.
 */
export function openCatalogBatch(catalog: PutRows): PutRows {
  const put = batchCalls<Capability[], true>(MAX_ROWS, (_, parts) => putTogether(catalog, parts))
  return {
    put: async (rows) => {
      await put('rows', rows)
    },
  }
}

async function putTogether(
  catalog: PutRows,
  parts: readonly Capability[][],
): Promise<(true | Error)[]> {
  try {
    await catalog.put(parts.flat())
    return parts.map(() => true)
  } catch (error) {
    if (parts.length === 1) throw error
    const ends = await Promise.allSettled(parts.map((part) => putTogether(catalog, [part])))
    return ends.map((end) => (end.status === 'fulfilled' ? true : toError(end.reason)))
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
