import { z } from 'zod'

const Counts = z.record(z.string(), z.int())

/** Number of capabilities by value of each facet. */
export const FacetsView = z.object({
  clusters: Counts,
  groups: Counts,
  providers: Counts,
  complexity: Counts,
  scope: Counts,
  sources: Counts,
  lowConfidence: z.int(),
  suspicious: z.int(),
  stale: z.int(),
})
export type FacetsView = z.infer<typeof FacetsView>
