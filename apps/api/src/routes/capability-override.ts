import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { cleanMembers } from '@capstan/shared/inference/clean-members'
import type { App } from '../app-types.ts'
import {
  findCapability,
  unknownCapability,
  type FindDeps,
} from '../capabilities/find-capability.ts'
import type { ApiDeps } from '../deps.ts'
import { readClusterName } from '../clusters/open-cluster.ts'

const Params = z.object({ resource: z.string().min(1).max(520) })
const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })

/** Cleaned like a model's answer before it is checked like one: it is shown in the same places. */
const Body = z.preprocess(
  cleaned,
  z.strictObject({
    fields: InferredCapability.partial()
      .strict()
      .refine((fields) => Object.keys(fields).length > 0, 'must name at least one field')
      .describe('Fields that go before the inferred answer; the others stay as inferred.'),
    note: z.string().trim().min(1).max(600).nullable().default(null).describe('Why.'),
  }),
)

/** What a person says of a type instead of the model; it stays through every scan. */
export function capabilityOverrideRoutes(app: App, deps: FindDeps & Pick<ApiDeps, 'log'>): void {
  app.put(
    '/capabilities/:resource/override',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['capabilities'],
        summary: 'Correct what was inferred of one type; re-scans keep it',
        params: Params,
        querystring: ClusterQuery,
        body: Body,
        response: { 200: Capability },
      },
    },
    async ({ params, query, body, signal, principal }) => {
      const found = await findCapability(deps, query.cluster, params.resource, signal)
      const { cluster, resource } = found
      const by = principal?.name ?? 'local'
      const override = { ...body, by, at: new Date().toISOString() }
      const row = await deps.catalog.setOverride(cluster, resource, override)
      deps.log.info({ cluster, resource, by, fields: Object.keys(body.fields) }, 'overridden')
      if (!row) throw unknownCapability(cluster)
      return row
    },
  )

  app.delete(
    '/capabilities/:resource/override',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['capabilities'],
        summary: 'Show the inferred answer again',
        params: Params,
        querystring: ClusterQuery,
        response: { 204: z.undefined().describe('There is no override now.') },
      },
    },
    async ({ params, query, signal, principal }, reply) => {
      const { cluster, resource } = await targetOf(deps, query.cluster, params.resource, signal)
      if (await deps.catalog.removeOverride(cluster, resource)) {
        deps.log.info({ cluster, resource, by: principal?.name ?? 'local' }, 'override removed')
      }
      return reply.code(204).send()
    },
  )
}

/** By any spelling while the catalog has the row; a type that has gone is meant by its exact name. */
async function targetOf(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<{ cluster: string; resource: string }> {
  const name = await readClusterName(deps, cluster)
  const found = await findCapability(deps, name, spelling, signal).catch(() => undefined)
  return found ?? { cluster: name, resource: spelling }
}

function cleaned(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('fields' in body)) return body
  return { ...(cleanMembers(body) as object), fields: cleanMembers(body.fields) } // an object stays one
}
