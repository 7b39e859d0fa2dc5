import { z } from 'zod'
import { SEARCH_MODES } from '../choice-names.ts'

/** keyword: compares words. semantic: compares meaning. hybrid: both, fused by rank. */
export const SearchMode = z.enum(SEARCH_MODES)
export type SearchMode = z.infer<typeof SearchMode>
export const RequestedSearchMode = SearchMode.default('hybrid').describe(
  'Requested mode. `mode` of the response is the mode that was used.',
)
export const MIN_SCORE_MEANING =
  'Leaves out hits with a lower score, 0 to 1. `facets` count all that was found all the same.'
