import { z } from 'zod'
import type { CapabilitySearchOptions } from '@capstan/catalog/catalog'
import { MATCH_STRENGTHS, SEARCH_MODES } from '@capstan/shared/contract/choice-names'
import { CapabilityView, toCapabilityView } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { resolveFilter, CapabilityQuery, FacetsView } from '../capabilities/capability-query.ts'
import type { ApiDeps } from '../deps.ts'

const Mode = z.enum(SEARCH_MODES)
const RequestedMode = Mode.default('hybrid').describe(
  'Requested mode. `mode` of the response is the mode that was used.',
)

const MIN_SCORE =
  'Leaves out hits with a lower score, 0 to 1. `facets` count all that was found all the same.'

const SearchQuery = CapabilityQuery.extend({
  q: z.string().max(2_000).default(''),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  mode: RequestedMode,
  minScore: z.coerce.number().min(0).max(1).optional().describe(MIN_SCORE),
})
const SearchBody = z.strictObject({
  q: z.string().max(2_000).default(''),
  limit: z.int().min(1).max(100).default(10),
  mode: RequestedMode,
  minScore: z.number().min(0).max(1).optional().describe(MIN_SCORE),
  filter: CapabilityQuery.extend({
    minConfidence: z.number().min(0).max(1).optional(),
    stale: z.boolean().optional(),
    lowConfidence: z.boolean().optional(),
    suspicious: z.boolean().optional(),
  })
    .strict()
    .prefault({}),
})
const SearchHit = z.object({
  capability: CapabilityView,
  score: z
    .number()
    .min(0)
    .max(1)
    .describe('How well the type answers the query, comparable between queries and catalogs.'),
  strength: z
    .enum(MATCH_STRENGTHS)
    .describe('`weak`: the type shares words with the query, and probably does something else.'),
  matched: z.array(z.string()).describe('Fields that have a word or a synonym of the query.'),
})
const SearchAnswer = z.object({
  mode: Mode,
  note: z
    .string()
    .nullable()
    .describe('Why another mode ran, what was not searched for, or that no match is strong.'),
  data: z.array(SearchHit).describe('Strong matches first, in both parts best first.'),
  facets: FacetsView,
})

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
      config: { access: 'read' },
      schema: {
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
      config: { access: 'read' },
      schema: {
        tags: ['capabilities'],
        summary: 'Search capabilities by intent',
        body: SearchBody,
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
