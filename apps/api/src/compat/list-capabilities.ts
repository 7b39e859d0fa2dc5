import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'
import { allRows } from '../capabilities/export-rows.ts'
import { identityOf, listedView } from './capability-view.ts'
import type { OrgDataRequest } from './org-data-request.ts'
import { failed, succeeded, type ToolAnswer } from './tool-answer.ts'

const USUAL_LIMIT = 10
/** Above what any cluster has: a list cut short makes its reader scan everything again. */
const MAX_LIMIT = 10_000

/** Rows in order of their names, `truncated` when there are more than were asked for. */
export async function listCapabilities(
  catalog: Catalog,
  cluster: string,
  request: OrgDataRequest,
): Promise<ToolAnswer> {
  const limit = limitOf(request.limit)
  if (limit === undefined) return refused('limit must be a whole number')
  const { identityOnly = false } = request
  if (typeof identityOnly !== 'boolean') return refused('identityOnly must be true or false')
  const rows = await firstRows(catalog, cluster, limit)
  const totalCount = await catalog.count({ cluster })
  return succeeded('list', {
    data: {
      capabilities: rows.map(identityOnly ? identityOf : listedView),
      totalCount,
      returnedCount: rows.length,
      limit,
      truncated: totalCount > rows.length,
    },
    message: `Retrieved ${rows.length} capabilities (${totalCount} total)`,
  })
}

/** As ever, nonsense means the usual limit; but a fraction is refused. */
function limitOf(sent: unknown): number | undefined {
  const asked = Number(sent)
  if (!Number.isFinite(asked) || asked <= 0) return USUAL_LIMIT
  return Number.isInteger(asked) ? Math.min(asked, MAX_LIMIT) : undefined
}

async function firstRows(catalog: Catalog, cluster: string, limit: number): Promise<Capability[]> {
  const found: Capability[] = []
  for await (const rows of allRows(catalog, { cluster })) {
    found.push(...rows)
    if (found.length >= limit) break
  }
  return found.slice(0, limit)
}

function refused(details: string): ToolAnswer {
  return failed('list', { message: 'Failed to list capabilities', details })
}
