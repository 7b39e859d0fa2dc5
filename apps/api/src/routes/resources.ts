import { z } from 'zod'
import { ResourceDetail } from '@capstan/shared/contract/catalog/resource-detail'
import { ResourcePage } from '@capstan/shared/contract/catalog/resource-page'
import { ResourcesQuery } from '@capstan/shared/contract/catalog/resources-query'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { addNextLink } from '../http/add-next-link.ts'
import { listResources } from '../resources/list-resources.ts'
import { readExample } from '../resources/read-example.ts'
import { readResource } from '../resources/read-resource.ts'

const TypeParams = z.object({ resource: z.string().min(1).max(520) })
const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })

/** Adds the types of a cluster, read from the cluster itself. */
export function addResourceRoutes(
  app: App,
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'definitions' | 'work'>,
): void {
  addExampleRoute(app, deps)
  app.get(
    '/resources',
    {
      schema: {
        operationId: 'listResources',
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
        operationId: 'getResource',
        tags: ['resources'],
        summary: 'Read one type: versions, verbs, hashes and the outline for the model',
        params: TypeParams,
        querystring: ClusterQuery,
        response: { 200: ResourceDetail },
      },
    },
    ({ params, query, signal }) => readResource(deps, query.cluster, params.resource, signal),
  )
}

function addExampleRoute(app: App, deps: Pick<ApiDeps, 'clusters' | 'work'>): void {
  app.get(
    '/resources/:resource/example',
    {
      schema: {
        operationId: 'getResourceExample',
        tags: ['resources'],
        summary: 'Render a minimal manifest of one type as YAML',
        description:
          'From the schema alone, without a model: required fields with placeholders, descriptions as comments, and the names of ' +
          'optional fields. The manifest is valid against the schema; values that only the API server can check are named in a comment.',
        params: TypeParams,
        querystring: ClusterQuery,
        response: {
          200: {
            description: 'The manifest.',
            content: { 'text/yaml': { schema: z.string() } },
          },
        },
      },
    },
    async ({ params, query, signal }, reply) => {
      const yaml = await readExample(deps, query.cluster, params.resource, signal)
      void reply.type('text/yaml; charset=utf-8')
      return yaml
    },
  )
}
