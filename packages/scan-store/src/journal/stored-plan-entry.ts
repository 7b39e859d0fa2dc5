import { z } from 'zod'

/** The part of a plan entry that the items hash stores. */
export const StoredPlanEntry = z.object({
  kind: z.string(),
  group: z.string(),
  version: z.string(),
  scope: z.enum(['Namespaced', 'Cluster']),
  definition: z.string(),
  definitionHash: z.string().optional(),
  contentKey: z.string(),
  estimatedTokens: z.int().nonnegative(),
  estimatedCostUsd: z.number().nonnegative().nullish().default(null),
  truncated: z.boolean(),
})
export type StoredPlanEntry = z.infer<typeof StoredPlanEntry>
