import { z } from 'zod'
import { CapabilityQuery } from './capability-query.ts'
import { MIN_SCORE_MEANING, RequestedSearchMode } from './search-options.ts'

/** Body of POST /capabilities/search. */
export const SearchRequest = z.strictObject({
  q: z.string().max(2_000).default(''),
  limit: z.int().min(1).max(100).default(10),
  mode: RequestedSearchMode,
  minScore: z.number().min(0).max(1).optional().describe(MIN_SCORE_MEANING),
  filter: CapabilityQuery.extend({
    minConfidence: z.number().min(0).max(1).optional(),
    stale: z.boolean().optional(),
    lowConfidence: z.boolean().optional(),
    suspicious: z.boolean().optional(),
  })
    .strict()
    .prefault({}),
})
export type SearchRequest = z.infer<typeof SearchRequest>
