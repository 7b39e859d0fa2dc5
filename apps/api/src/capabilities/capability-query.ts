import { z } from 'zod'
import type { CapabilityFilter } from '@capstan/catalog/catalog'
import { ShownSource } from '@capstan/shared/contract/answer-source'
import { COMPLEXITIES } from '@capstan/shared/contract/choice-names'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { ApiDeps } from '../deps.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'

/** Filters of all routes for capabilities. */
export const CapabilityQuery = z.object({
  cluster: z.string().min(1).max(253).optional(),
  group: z.string().max(253).optional().describe('API group; empty for the core group.'),
  provider: z.string().max(120).optional().describe('Cloud, vendor or project; case-insensitive.'),
  complexity: z.enum(COMPLEXITIES).optional(),
  scope: z.enum(['Namespaced', 'Cluster']).optional(),
  source: ShownSource.optional().describe(
    'Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.',
  ),
  minConfidence: z.coerce.number().min(0).max(1).optional(),
  stale: z.stringbool().optional(),
  suspicious: z
    .stringbool()
    .optional()
    .describe(
      'Only answers that may have followed instructions in their definition (prompt injection).',
    ),
  lowConfidence: z.stringbool().optional().describe('Only answers with low confidence.'),
})
export type CapabilityQuery = z.infer<typeof CapabilityQuery>

const Counts = z.record(z.string(), z.int())
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

/** Creates the catalog filter of a query and resolves the cluster name. AppError UNKNOWN_CLUSTER. */
export async function resolveFilter(
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'journal'>,
  query: CapabilityQuery,
): Promise<CapabilityFilter> {
  const cluster =
    query.cluster === undefined ? undefined : await resolveClusterName(deps, query.cluster)
  return omitUndefined({ ...query, cluster })
}
