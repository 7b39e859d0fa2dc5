import type { CapabilitySearchOptions } from '@capstan/catalog/catalog'
import type { CapabilityQuery } from '@capstan/shared/contract/catalog/capability-query'
import { SearchAnswer } from '@capstan/shared/contract/catalog/search-answer'
import { SearchQuery } from '@capstan/shared/contract/catalog/search-query'
import { SearchRequest } from '@capstan/shared/contract/catalog/search-request'
import { toCapabilityView } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { resolveFilter } from '../capabilities/resolve-filter.ts'
import type { ApiDeps } from '../deps.ts'

/** Adds the ranked search. POST serves queries that are too long or too private for a URL. */
export function addCapabilitySearchRoutes(
  app: App,
  deps: Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>,
): void {
  const search = async (q: string, filter: CapabilityQuery, options: CapabilitySearchOptions) => {
    const where = await resolveFilter(deps, filter)
    const { mode, note, hits, facets } = await deps.catalog.search(q.trim(), where, options)
    const data = hits.map((hit) => ({ ...hit, capability: toCapabilityView(hit.capability) }))
    return { mode, note, data, facets }
  }

  app.get(
    '/capabilities/search',
    {
      schema: {
        operationId: 'searchCapabilities',
        tags: ['capabilities'],
        summary: 'Search capabilities by intent',
        querystring: SearchQuery,
        response: { 200: SearchAnswer },
      },
    },
    ({ query: { q, limit, mode, minScore, ...filter } }) => {
      if (q.trim() === '') throw emptyQueryError({ in: 'query' })
      return search(q, filter, { limit, mode, minScore })
    },
  )

  app.post(
    '/capabilities/search',
    {
      schema: {
        operationId: 'searchCapabilitiesWithBody',
        tags: ['capabilities'],
        summary: 'Search capabilities by intent',
        body: SearchRequest,
        response: { 200: SearchAnswer },
      },
    },
    ({ body: { q, filter, limit, mode, minScore } }) => {
      if (q.trim() === '') throw emptyQueryError()
      return search(q, filter, { limit, mode, minScore })
    },
  )
}

function emptyQueryError(part: { in?: 'query' } = {}): AppError {
  return new AppError('VALIDATION', 'The query is empty', {
    hint: 'Describe the intent in `q`, for example `postgres with backups`.',
    extra: {
      errors: [{ pointer: '#/q', ...part, detail: 'must not be empty' }],
      unprocessable: true,
    },
  })
}
