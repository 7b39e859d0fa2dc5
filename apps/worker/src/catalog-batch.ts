import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'

interface Waiting {
  rows: Capability[]
  resolve: () => void
  reject: (error: unknown) => void
}

/** Large enough to matter, small enough that a vector store takes it in one request. */
const MOST_ROWS = 100

/**
 * Puts rows of many jobs in one step: what arrives while a write is under way goes with the next one. A
 * lone job waits for nobody. When a batch is refused its parts are tried alone, so that one bad row fails alone.
 */
export function batchCatalog(catalog: Pick<Catalog, 'put'>): Pick<Catalog, 'put'> {
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
