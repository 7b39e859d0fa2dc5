import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CapabilityView, toCapabilityView } from '@capstan/shared/contract/capability'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import { findCapability, removeCapability, type FindDeps } from '../capabilities/find-capability.ts'
import type { ApiDeps } from '../deps.ts'
import { sendWithEtag } from '../http/etag.ts'

const ResourceParams = z.object({ resource: z.string().min(1).max(520) })
const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })

/** Adds reading and removing the capability of one type. */
export function addCapabilityRoutes(app: App, deps: FindDeps & Pick<ApiDeps, 'audit'>): void {
  app.get(
    '/capabilities/:resource',
    {
      schema: {
        operationId: 'getCapability',
        tags: ['capabilities'],
        summary: 'Read the capability of one type',
        params: ResourceParams,
        querystring: ClusterQuery,
        response: { 200: CapabilityView, 304: z.undefined().describe('Not modified.') },
      },
    },
    async (request, reply) => {
      const { params, query, signal } = request
      const row = await findCapability(deps, query.cluster, params.resource, signal)
      const capability = toCapabilityView(row)
      const hash = createHash('sha256').update(JSON.stringify(capability)).digest('base64url')
      return sendWithEtag(request, reply, `"${hash.slice(0, 22)}"`, capability)
    },
  )

  app.delete(
    '/capabilities/:resource',
    {
      schema: {
        operationId: 'deleteCapability',
        tags: ['capabilities'],
        summary: 'Remove the capability of one type until the next scan',
        params: ResourceParams,
        querystring: ClusterQuery,
        response: { 204: z.undefined().describe('Removed.') },
      },
    },
    async (request, reply) => {
      const { params, query, signal } = request
      const removed = await removeCapability(deps, query.cluster, params.resource, signal)
      const target = `${removed.cluster}/${removed.resource}`
      await auditRequest(deps, request, 'capability.deleted', target)
      return reply.code(204).send()
    },
  )
}
