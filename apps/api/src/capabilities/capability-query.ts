import { z } from 'zod'
import type { CapabilityFilter } from '@capstan/catalog/catalog'
import type { ApiDeps } from '../deps.ts'
import { readClusterName } from '../clusters/open-cluster.ts'

/** Filters that every route over capabilities takes. */
export const CapabilityQuery = z.object({
  cluster: z.string().min(1).max(253).optional(),
  group: z.string().max(253).optional().describe('API group; empty for the core group.'),
  provider: z
    .string()
    .max(120)
    .optional()
    .describe('Cloud, vendor or project; case does not matter.'),
  complexity: z.enum(['low', 'medium', 'high']).optional(),
  scope: z.enum(['Namespaced', 'Cluster']).optional(),
  minConfidence: z.coerce.number().min(0).max(1).optional(),
  stale: z.stringbool().optional(),
  suspicious: z
    .stringbool()
    .optional()
    .describe('Only answers that may follow instructions in their definition.'),
  lowConfidence: z.stringbool().optional().describe('Only answers that a person should check.'),
})
export type CapabilityQuery = z.infer<typeof CapabilityQuery>

const Counts = z.record(z.string(), z.int())
export const FacetsView = z.object({
  clusters: Counts,
  groups: Counts,
  providers: Counts,
  complexity: Counts,
  scope: Counts,
  lowConfidence: z.int(),
  suspicious: z.int(),
  stale: z.int(),
})

/** The filter that a query means, with the own name of its cluster. AppError UNKNOWN_CLUSTER. */
export async function readFilter(
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'journal'>,
  query: CapabilityQuery,
): Promise<CapabilityFilter> {
  const cluster =
    query.cluster === undefined ? undefined : await readClusterName(deps, query.cluster)
  const given = Object.entries({ ...query, cluster }).filter(([, value]) => value !== undefined)
  // Only undefined values are gone; the schema above has the filter's own names and types.
  return Object.fromEntries(given) as CapabilityFilter
}
