import { z } from 'zod'
import { CapabilityView } from '../capability.ts'
import { pageSchema } from '../page.ts'

/** A type that only one of two clusters has, or that has different answers in them. */
export const ComparedType = z.object({
  resource: z.string(),
  /** Null when this cluster has no answer of the type. */
  cluster: CapabilityView.nullable(),
  with: CapabilityView.nullable(),
  /** Names of the fields of the answer that differ. Empty for a type of one cluster. */
  fields: z.array(z.string()),
})
export type ComparedType = z.infer<typeof ComparedType>

/** Answer of GET /capabilities/compare. The counts are about all types, whatever the page holds. */
export const ClusterComparison = pageSchema(ComparedType).extend({
  counts: z.object({
    /** Types of `cluster` alone. */
    cluster: z.int(),
    /** Types of `with` alone. */
    with: z.int(),
    different: z.int(),
    same: z.int(),
  }),
})
export type ClusterComparison = z.infer<typeof ClusterComparison>
