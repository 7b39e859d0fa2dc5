import type { Catalog } from '@capstan/catalog/catalog'
import type { Capability } from '@capstan/shared/contract/capability'
import { listAllRows } from '../../capabilities/export-rows.ts'
import { toIdentityView, toListView } from './capability-view.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { buildFailure, buildSuccess, type ToolAnswer } from '../tool-answer.ts'

const DEFAULT_LIMIT = 10
/** More types than any cluster has: clients rescan everything after a truncated list. */
const MAX_LIMIT = 10_000

/** Lists rows, ordered by name, with `truncated` when there are more rows than requested. */
export async function listCapabilities(
  catalog: Catalog,
  cluster: string,
  request: OrgDataRequest,
): Promise<ToolAnswer> {
  const limit = parseLimit(request.limit)
  if (limit === undefined) return buildListFailure('limit must be a whole number')
  const { identityOnly = false } = request
  if (typeof identityOnly !== 'boolean')
    return buildListFailure('identityOnly must be true or false')
  const capabilities = await readViews(catalog, cluster, {
    limit,
    view: identityOnly ? toIdentityView : toListView,
  })
  const totalCount = await catalog.count({ cluster })
  return buildSuccess('list', {
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

/** As in dot-ai, an invalid limit selects the default, but a fraction is rejected. */
function parseLimit(sent: unknown): number | undefined {
  const requested = Number(sent)
  if (!Number.isFinite(requested) || requested <= 0) return DEFAULT_LIMIT
  return Number.isInteger(requested) ? Math.min(requested, MAX_LIMIT) : undefined
}

/** Creates views page by page: each view needs a hash, and a list may have 10,000. */
async function readViews(
  catalog: Catalog,
  cluster: string,
  { limit, view }: { limit: number; view: (row: Capability) => object },
): Promise<object[]> {
  const views: object[] = []
  for await (const rows of listAllRows(catalog, { cluster })) {
    views.push(...rows.slice(0, limit - views.length).map(view))
    if (views.length >= limit) break
  }
  return views
}

function buildListFailure(details: string): ToolAnswer {
  return buildFailure('list', { message: 'Failed to list capabilities', details })
}
