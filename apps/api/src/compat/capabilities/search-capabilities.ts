import type { Catalog } from '@capstan/catalog/catalog'
import { hitView } from './capability-view.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import { failed, succeeded, type ToolAnswer } from '../tool-answer.ts'

const USUAL_LIMIT = 25
const MAX_LIMIT = 1_000

/** Ranked hits of the query in `id`. Scores are parts of the best one's, which is 1. */
export async function searchCapabilities(
  catalog: Catalog,
  cluster: string,
  request: OrgDataRequest,
): Promise<ToolAnswer> {
  const query = request.id?.trim() ?? ''
  if (query === '') {
    return failed('search', {
      message: 'Search query required',
      details: 'The id member holds the query, such as "postgres with backups".',
    })
  }
  const limit = limitOf(request.limit)
  const { hits, mode, note } = await catalog.search(query.slice(0, 2_000), { cluster }, { limit })
  const best = Math.max(...hits.map(({ score }) => score), Number.MIN_VALUE)
  return succeeded('search', {
    data: {
      query,
      results: hits.map(({ capability, score }, at) => hitView(capability, at + 1, score / best)),
      resultCount: hits.length,
      limit,
      mode,
      note,
    },
    message: `Found ${hits.length} capabilities matching "${query}"`,
  })
}

function limitOf(sent: unknown): number {
  const asked = Math.trunc(Number(sent))
  return Number.isFinite(asked) && asked > 0 ? Math.min(asked, MAX_LIMIT) : USUAL_LIMIT
}
