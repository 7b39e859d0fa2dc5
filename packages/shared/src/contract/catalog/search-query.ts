import { z } from 'zod'
import { CapabilityQuery } from './capability-query.ts'
import { MIN_SCORE_MEANING, RequestedSearchMode } from './search-options.ts'

/** Query of GET /capabilities/search. */
export const SearchQuery = CapabilityQuery.extend({
  q: z.string().max(2_000).default(''),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  mode: RequestedSearchMode,
  minScore: z.coerce.number().min(0).max(1).optional().describe(MIN_SCORE_MEANING),
})
export type SearchQuery = z.infer<typeof SearchQuery>
