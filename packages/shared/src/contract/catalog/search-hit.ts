import { z } from 'zod'
import { CapabilityView } from '../capability.ts'
import { MATCH_STRENGTHS } from '../choice-names.ts'

/** A capability that was found, and how well it matches. */
export const SearchHit = z.object({
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
export type SearchHit = z.infer<typeof SearchHit>
