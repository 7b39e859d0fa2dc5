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
import type { ApiDeps } from '../deps.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'

const Params = z.object({ resource: z.string().min(1).max(520) })
const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })

/** Sanitized like a model answer before validation, because it is shown in the same places. */
const Body = z.preprocess(sanitizeBody, OverrideRequest)

/** Adds the routes of overrides: values of a person that replace inferred values in every scan. */
export function addCapabilityOverrideRoutes(app: App, deps: FindDeps & Pick<ApiDeps, 'log'>): void {
  app.put(
    '/capabilities/:resource/override',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['capabilities'],
        summary: 'Override inferred fields of one type',
        params: Params,
        querystring: ClusterQuery,
        body: Body,
        response: { 200: CapabilityView },
      },
    },
    async ({ params, query, body, signal, principal }) => {
      const found = await findCapability(deps, query.cluster, params.resource, signal)
      const { cluster, resource } = found
      const by = principal?.name ?? 'local'
      const override = { ...body, by, at: new Date().toISOString() }
      const row = await deps.catalog.setOverride(cluster, resource, override)
      deps.log.info({ cluster, resource, by, fields: Object.keys(body.fields) }, 'overridden')
      if (!row) throw unknownCapabilityError(cluster)
      return toCapabilityView(row)
    },
  )

  app.delete(
    '/capabilities/:resource/override',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['capabilities'],
        summary: 'Remove the override of one type',
        params: Params,
        querystring: ClusterQuery,
        response: { 204: z.undefined().describe('The type has no override.') },
      },
    },
    async ({ params, query, signal, principal }, reply) => {
      const { cluster, resource } = await findTarget(deps, query.cluster, params.resource, signal)
      if (await deps.catalog.removeOverride(cluster, resource)) {
        deps.log.info({ cluster, resource, by: principal?.name ?? 'local' }, 'override removed')
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
