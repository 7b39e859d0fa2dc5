import type { Catalog } from '@capstan/catalog/catalog'
import { toSearchHitView } from './capability-view.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { buildFailure, buildSuccess, type ToolAnswer } from '../tool-answer.ts'

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 1_000

/** Searches with the query in `id`. Results are ordered by score, as clients of dot-ai expect. */
export async function searchCapabilities(
  catalog: Catalog,
  cluster: string,
  request: OrgDataRequest,
): Promise<ToolAnswer> {
  const query = request.id?.trim() ?? ''
  if (query === '') {
    return buildFailure('search', {
      message: 'Search query required',
      details: 'The member `id` is the query, for example "postgres with backups".',
    })
  }
  const limit = parseLimit(request.limit)
  const { hits, mode, note } = await catalog.search(query.slice(0, 2_000), { cluster }, { limit })
  const results = hits.toSorted((a, b) => b.score - a.score)
  return buildSuccess('search', {
    data: {
      query,
      results: results.map(({ capability, score }, at) =>
        toSearchHitView(capability, at + 1, score),
      ),
      resultCount: hits.length,
      limit,
      mode,
      note,
    },
    message: `Found ${hits.length} capabilities matching "${query}"`,
  })
}

function parseLimit(sent: unknown): number {
  const requested = Math.trunc(Number(sent))
  return Number.isFinite(requested) && requested > 0
    ? Math.min(requested, MAX_LIMIT)
    : DEFAULT_LIMIT
}
