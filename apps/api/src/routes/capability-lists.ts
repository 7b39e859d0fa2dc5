import { CapabilityView, toCapabilityView } from '@capstan/shared/contract/capability'
import { CapabilityQuery } from '@capstan/shared/contract/catalog/capability-query'
import { ClusterComparison } from '@capstan/shared/contract/catalog/cluster-comparison'
import { CompareQuery } from '@capstan/shared/contract/catalog/compare-query'
import { FacetsView } from '@capstan/shared/contract/catalog/facets-view'
import { PageQuery, pageSchema } from '@capstan/shared/contract/page'
import type { App } from '../app-types.ts'
import { compareClusters } from '../capabilities/compare-clusters.ts'
import { resolveFilter } from '../capabilities/resolve-filter.ts'
import type { ApiDeps } from '../deps.ts'
import { addNextLink } from '../http/add-next-link.ts'

/** Adds the list, the comparison of clusters and the facet counts of capabilities. */
export function addCapabilityListRoutes(
  app: App,
  deps: Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>,
): void {
  addCompareRoute(app, deps)
  app.get(
    '/capabilities',
    {
      schema: {
        operationId: 'listCapabilities',
        tags: ['capabilities'],
        summary: 'List capabilities by cluster and type',
        querystring: PageQuery.extend(CapabilityQuery.shape),
        response: { 200: pageSchema(CapabilityView) },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...query } = request.query
      const where = cursor === undefined ? { limit } : { limit, cursor }
      const page = await deps.catalog.list(await resolveFilter(deps, query), where)
      addNextLink(request, reply, page)
      return { ...page, data: page.data.map(toCapabilityView) }
    },
  )

  app.get(
    '/capabilities/facets',
    {
      schema: {
        operationId: 'countCapabilityFacets',
        tags: ['capabilities'],
        summary: 'Count capabilities by cluster, group, provider, complexity, scope and source',
        querystring: CapabilityQuery,
        response: { 200: FacetsView },
      },
    },
    async ({ query }) => deps.catalog.facets(await resolveFilter(deps, query)),
  )
}

function addCompareRoute(app: App, deps: Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>): void {
  app.get(
    '/capabilities/compare',
    {
      schema: {
        operationId: 'compareCapabilities',
        tags: ['capabilities'],
        summary: 'Compare the answers of two clusters',
        description:
          'Types that only one of them has, and types with different answers, by name. Equal answers are counted only.',
        querystring: CompareQuery,
        response: { 200: ClusterComparison },
      },
    },
    async (request, reply) => {
      const page = await compareClusters(deps, request.query)
      addNextLink(request, reply, page)
      return page
    },
  )
}
