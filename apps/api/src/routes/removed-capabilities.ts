import { z } from 'zod'
import { RemovedView } from '@capstan/shared/contract/catalog/removed-view'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import { deleteRemovedTypes } from '../removals/delete-removed-types.ts'
import { findRemovedTypes } from '../removals/find-removed-types.ts'
import { discoverTypes } from '../clusters/find-types.ts'
import { openCluster } from '../clusters/open-cluster.ts'

type RemovedDeps = Pick<ApiDeps, 'catalog' | 'clusters' | 'audit' | 'log' | 'work'>

const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })

/** Adds the preview and the deletion of types that the cluster no longer has. */
export function addRemovedCapabilityRoutes(app: App, deps: RemovedDeps): void {
  app.get(
    '/capabilities/removed',
    {
      schema: {
        operationId: 'listRemovedCapabilities',
        tags: ['capabilities'],
        summary: 'List known types that the cluster no longer has',
        querystring: ClusterQuery,
        response: { 200: RemovedView },
      },
    },
    ({ query, signal }) => deps.work.expensive.run(() => listRemoved(deps, query.cluster, signal)),
  )

  app.delete(
    '/capabilities/removed',
    {
      schema: {
        operationId: 'deleteRemovedCapabilities',
        tags: ['capabilities'],
        summary: 'Delete capabilities of types that the cluster no longer has',
        querystring: ClusterQuery.extend({
          force: z
            .stringbool()
            .default(false)
            .describe('Delete even more than a fifth of the known types.'),
        }),
        response: { 200: z.object({ cluster: z.string(), deleted: z.int() }) },
      },
    },
    async (request) => {
      const { query, principal, signal } = request
      const source = openCluster(deps, query.cluster)
      const deleted = await deps.work.expensive.run(() =>
        deleteRemovedTypes(deps, source, query.force, signal),
      )
      deps.log.info({ cluster: source.name, deleted, by: principal?.name }, 'deleted removed types')
      if (deleted > 0) {
        const detail = `${deleted} removed types`
        await auditRequest(deps, request, 'capabilities.deleted', source.name, detail)
      }
      return { cluster: source.name, deleted }
    },
  )
}

async function listRemoved(
  deps: RemovedDeps,
  cluster: string | undefined,
  signal: AbortSignal,
): Promise<RemovedView> {
  const source = openCluster(deps, cluster)
  const discovery = await discoverTypes(source, signal)
  const check = { source, discovery, freshness: await deps.catalog.freshness(source.name) }
  const found = await findRemovedTypes(check, 'all', signal)
  const { known, removed, unavailable, isTooMany: needsForce, warnings } = found
  return { cluster: source.name, known, removed, unavailable, needsForce, warnings }
}
