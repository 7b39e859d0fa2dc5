import { z } from 'zod'
import { ResourcePage } from '@capstan/shared/contract/catalog/resource-page'
import { ResourceView } from '@capstan/shared/contract/catalog/resource-view'
import { ResourcesQuery } from '@capstan/shared/contract/catalog/resources-query'
import { cleanData, DATA_NOTICE } from '../untrusted-text.ts'
import { defineTool } from './define-tool.ts'
import { Cluster, Cursor, Limit, NextCursor } from './shared-fields.ts'

const Type = ResourceView.pick({ resource: true, kind: true, version: true, scope: true }).extend({
  capability: ResourceView.shape.capability,
})
/** More of them do not help an agent. */
const MAX_UNAVAILABLE = 20

export const listResourceTypesTool = defineTool({
  name: 'list_resource_types',
  description:
    'Lists the resource types that the cluster serves, and whether the catalog has them. To find a type by what it does, use search_capabilities.',
  route: 'GET /api/v1/resources',
  annotations: { readOnlyHint: true },
  input: z.object({
    q: ResourcesQuery.shape.q,
    group: ResourcesQuery.shape.group,
    capability: ResourcesQuery.shape.capability.describe('State of the catalog row.'),
    cluster: Cluster,
    limit: Limit,
    cursor: Cursor,
  }),
  output: z.object({
    types: z.array(Type),
    unavailableGroups: z.array(z.string()),
    nextCursor: NextCursor,
  }),
  run: async ({ rest }, query) => {
    const { data, page, unavailable } = await rest.read(ResourcePage, {
      method: 'GET',
      path: '/resources',
      query,
    })
    const types = cleanData(data.map((row) => Type.parse(row)))
    const groups = unavailable.slice(0, MAX_UNAVAILABLE).map(({ group }) => group)
    const unavailableGroups = cleanData(groups)
    const lines = types.map(
      ({ resource, kind, capability }) => `- ${resource} (${kind}): ${capability}`,
    )
    const text = [types.length === 0 ? 'No type matches.' : DATA_NOTICE, ...lines].join('\n')
    return { data: { types, unavailableGroups, nextCursor: page.nextCursor }, text }
  },
})
