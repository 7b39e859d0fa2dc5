import { z } from 'zod'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { linkNext } from '../http/add-next-link.ts'
import { listResources, ResourcePage, ResourcesQuery } from '../resources/list-resources.ts'
import { readResource, ResourceDetail } from '../resources/read-resource.ts'

/** What the cluster offers, asked from the cluster itself. */
export function resourceRoutes(
  app: App,
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'definitions'>,
): void {
  app.get(
    '/resources',
    {
      config: { access: 'read' },
      schema: {
        tags: ['resources'],
        summary: 'List the types a cluster offers, and whether anything is known of them',
        querystring: ResourcesQuery,
        response: { 200: ResourcePage },
      },
    },
    async (request, reply) => {
      const page = await listResources(deps, request.query, request.signal)
      linkNext(request, reply, page)
      return page
    },
  )

  app.get(
    '/resources/:resource',
    {
      config: { access: 'read' },
      schema: {
        tags: ['resources'],
        summary: 'Read one type: versions, verbs, hashes and the outline a model sees',
        params: z.object({ resource: z.string().min(1).max(520) }),
        querystring: z.object({ cluster: z.string().min(1).max(253).optional() }),
        response: { 200: ResourceDetail },
      },
    },
    ({ params, query, signal }) => readResource(deps, query.cluster, params.resource, signal),
  )
}
