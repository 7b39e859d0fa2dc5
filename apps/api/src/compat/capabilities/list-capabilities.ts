import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'
import { allRows } from '../../capabilities/export-rows.ts'
import { identityOf, listedView } from './capability-view.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { failed, succeeded, type ToolAnswer } from '../tool-answer.ts'

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
  const capabilities = await firstViews(catalog, cluster, {
    limit,
    view: identityOnly ? identityOf : listedView,
  })
  const totalCount = await catalog.count({ cluster })
  return succeeded('list', {
    data: {
      capabilities,
      totalCount,
      returnedCount: capabilities.length,
      limit,
      truncated: totalCount > capabilities.length,
    },
    message: `Retrieved ${capabilities.length} capabilities (${totalCount} total)`,
  })
}

/** As ever, nonsense means the usual limit; but a fraction is refused. */
function limitOf(sent: unknown): number | undefined {
  const asked = Number(sent)
  if (!Number.isFinite(asked) || asked <= 0) return USUAL_LIMIT
  return Number.isInteger(asked) ? Math.min(asked, MAX_LIMIT) : undefined
}

/** Made page by page: each view takes a hash, and a list may have 10,000. */
async function firstViews(
  catalog: Catalog,
  cluster: string,
  { limit, view }: { limit: number; view: (row: Capability) => object },
): Promise<object[]> {
  const views: object[] = []
  for await (const rows of allRows(catalog, { cluster })) {
    views.push(...rows.slice(0, limit - views.length).map(view))
    if (views.length >= limit) break
  }
  return views
}

function refused(details: string): ToolAnswer {
  return failed('list', { message: 'Failed to list capabilities', details })
}
