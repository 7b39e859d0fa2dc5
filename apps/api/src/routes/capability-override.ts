import { z } from 'zod'
import { CapabilityView, toCapabilityView } from '@capstan/shared/contract/capability'
import { OverrideRequest } from '@capstan/shared/contract/catalog/override-request'
import { cleanMembers } from '@capstan/shared/inference/clean-members'
import { isRecord } from '@capstan/shared/json/is-record'
import type { App } from '../app-types.ts'
import {
  findCapability,
  unknownCapabilityError,
  type FindDeps,
} from '../capabilities/find-capability.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'

const Params = z.object({ resource: z.string().min(1).max(520) })
const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })

/** Sanitized like a model answer before validation, because it is shown in the same places. */
const Body = z.preprocess(sanitizeBody, OverrideRequest)

type OverrideDeps = FindDeps & Pick<ApiDeps, 'log' | 'audit'>

/** Adds the routes of overrides: values of a person that replace inferred values in every scan. */
export function addCapabilityOverrideRoutes(app: App, deps: OverrideDeps): void {
  app.put(
    '/capabilities/:resource/override',
    {
      schema: {
        operationId: 'setCapabilityOverride',
        tags: ['capabilities'],
        summary: 'Override inferred fields of one type',
        params: Params,
        querystring: ClusterQuery,
        body: Body,
        response: { 200: CapabilityView },
      },
    },
    async (request) => {
      const { params, query, body, signal, principal } = request
      const found = await findCapability(deps, query.cluster, params.resource, signal)
      const { cluster, resource } = found
      const by = principal?.name ?? 'local'
      const override = { ...body, by, at: new Date().toISOString() }
      const row = await deps.catalog.setOverride(cluster, resource, override)
      deps.log.info({ cluster, resource, by, fields: Object.keys(body.fields) }, 'overridden')
      if (!row) throw unknownCapabilityError(cluster)
      const fields = Object.keys(body.fields).join(', ')
      await auditRequest(deps, request, 'capability.overridden', `${cluster}/${resource}`, fields)
      return toCapabilityView(row)
    },
  )
  addRemoveRoute(app, deps)
}

function addRemoveRoute(app: App, deps: OverrideDeps): void {
  app.delete(
    '/capabilities/:resource/override',
    {
      schema: {
        operationId: 'deleteCapabilityOverride',
        tags: ['capabilities'],
        summary: 'Remove the override of one type',
        params: Params,
        querystring: ClusterQuery,
        response: { 204: z.undefined().describe('The type has no override.') },
      },
    },
    async (request, reply) => {
      const { params, query, signal, principal } = request
      const { cluster, resource } = await findTarget(deps, query.cluster, params.resource, signal)
      if (await deps.catalog.removeOverride(cluster, resource)) {
        deps.log.info({ cluster, resource, by: principal?.name ?? 'local' }, 'override removed')
        const target = `${cluster}/${resource}`
        await auditRequest(deps, request, 'capability.override-removed', target)
      }
      return reply.code(204).send()
    },
  )
}

/** Resolves any name while the catalog has the row. A type without a row needs its exact name. */
async function findTarget(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<{ cluster: string; resource: string }> {
  const name = await resolveClusterName(deps, cluster)
  const found = await findCapability(deps, name, spelling, signal).catch(() => undefined)
  return found ?? { cluster: name, resource: spelling }
}

function sanitizeBody(body: unknown): unknown {
  if (!isRecord(body) || !('fields' in body)) return body
  const cleaned = cleanMembers(body)
  return { ...(isRecord(cleaned) ? cleaned : {}), fields: cleanMembers(body['fields']) }
}
