import { z } from 'zod'
import { FacetsView } from './facets-view.ts'
import { SearchHit } from './search-hit.ts'
import { SearchMode } from './search-options.ts'

/** Response of a search. */
export const SearchAnswer = z.object({
  mode: SearchMode,
  note: z
    .string()
    .nullable()
    .describe('Why another mode ran, what was not searched for, or that no match is strong.'),
  data: z.array(SearchHit).describe('Strong matches first, in both parts best first.'),
  facets: FacetsView,
})
export type SearchAnswer = z.infer<typeof SearchAnswer>
