import { z } from 'zod'
import { ResourceDetail } from '@capstan/shared/contract/catalog/resource-detail'
import { ResourcePage } from '@capstan/shared/contract/catalog/resource-page'
import { ResourcesQuery } from '@capstan/shared/contract/catalog/resources-query'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { addNextLink } from '../http/add-next-link.ts'
import { listResources } from '../resources/list-resources.ts'
import { readResource } from '../resources/read-resource.ts'

/** Adds the types of a cluster, read from the cluster itself. */
export function addResourceRoutes(
  app: App,
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'definitions'>,
): void {
  app.get(
    '/resources',
    {
      schema: {
        tags: ['resources'],
        summary: 'List the types of a cluster with the freshness of their capabilities',
        querystring: ResourcesQuery,
        response: { 200: ResourcePage },
      },
    },
    async (request, reply) => {
      const page = await listResources(deps, request.query, request.signal)
      addNextLink(request, reply, page)
      return page
    },
  )

  app.get(
    '/resources/:resource',
    {
      schema: {
        tags: ['resources'],
        summary: 'Read one type: versions, verbs, hashes and the outline for the model',
        params: z.object({ resource: z.string().min(1).max(520) }),
        querystring: z.object({ cluster: z.string().min(1).max(253).optional() }),
        response: { 200: ResourceDetail },
      },
    },
    ({ params, query, signal }) => readResource(deps, query.cluster, params.resource, signal),
  )
}
