import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'

const PAGE = 200

/** Reads all rows of a cluster, by resource. */
export async function readAllRows(
  catalog: Pick<Catalog, 'list'>,
  cluster: string,
): Promise<Map<string, Capability>> {
  const rows = new Map<string, Capability>()
  let cursor: string | undefined
  do {
    const where = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor }
    const { data, page } = await catalog.list({ cluster }, where)
    for (const row of data) rows.set(row.resource, row)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return rows
}
