import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'

interface Waiting {
  rows: Capability[]
  resolve: () => void
  reject: (error: unknown) => void
}

/** Large enough to save requests, small enough for one request of a vector store. */
const MOST_ROWS = 100

/**
 * Writes the rows of concurrent jobs together: rows that arrive during a write are in the next one. A single row is written at
 * once. The parts of a rejected write are written one by one, so that one bad row fails alone.
 */
export function openCatalogBatch(catalog: Pick<Catalog, 'put'>): Pick<Catalog, 'put'> {
  const queue: Waiting[] = []
  let writing = false
  const drain = async (): Promise<void> => {
    writing = true
    while (queue.length > 0) {
      const batch = queue.splice(0, MOST_ROWS)
      await putTogether(catalog, batch)
    }
    writing = false
  }
  return {
    put: (rows) =>
      new Promise((resolve, reject) => {
        queue.push({ rows, resolve, reject })
        if (!writing) void drain()
      }),
  }
}

async function putTogether(catalog: Pick<Catalog, 'put'>, batch: Waiting[]): Promise<void> {
  try {
    await catalog.put(batch.flatMap(({ rows }) => rows))
    for (const { resolve } of batch) resolve()
  } catch (error) {
    if (batch.length === 1) batch[0]?.reject(error)
    else await Promise.all(batch.map((one) => putTogether(catalog, [one])))
  }
}
