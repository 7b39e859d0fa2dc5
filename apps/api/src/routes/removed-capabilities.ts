import { z } from 'zod'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { deleteRemoved } from '../removals/delete-removed-types.ts'
import { findRemoved } from '../removals/find-removed-types.ts'
import { discover } from '../clusters/find-types.ts'
import { openCluster } from '../clusters/open-cluster.ts'

type RemovedDeps = Pick<ApiDeps, 'catalog' | 'clusters' | 'log' | 'work'>

const ClusterQuery = z.object({ cluster: z.string().min(1).max(253).optional() })
const RemovedView = z.object({
  cluster: z.string(),
  known: z.int().describe('How many types the catalog knows of the cluster.'),
  removed: z.array(z.object({ resource: z.string(), stale: z.boolean() })),
  unavailable: z
    .array(z.object({ group: z.string(), reason: z.string() }))
    .describe('Groups that did not answer: their types are unknown, not gone.'),
  needsForce: z.boolean().describe('More than a fifth of what is known would be deleted.'),
  warnings: z.array(z.string()).describe('What the account may not look up to be surer.'),
})

/** Types that are known but no longer offered: to look at, and to delete. */
export function removedCapabilityRoutes(app: App, deps: RemovedDeps): void {
  app.get(
    '/capabilities/removed',
    {
      config: { access: 'read' },
      schema: {
        tags: ['capabilities'],
        summary: 'Preview which known types the cluster no longer offers',
        querystring: ClusterQuery,
        response: { 200: RemovedView },
      },
    },
    ({ query, signal }) =>
      deps.work.expensive.run(() => previewRemoved(deps, query.cluster, signal)),
  )

  app.delete(
    '/capabilities/removed',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['capabilities'],
        summary: 'Delete what is known of types that the cluster no longer offers',
        querystring: ClusterQuery.extend({
          force: z
            .stringbool()
            .default(false)
            .describe('Also when it is more than a fifth of what is known.'),
        }),
        response: { 200: z.object({ cluster: z.string(), deleted: z.int() }) },
      },
    },
    async ({ query, principal, signal }) => {
      const source = openCluster(deps, query.cluster)
      const deleted = await deps.work.expensive.run(() =>
        deleteRemoved(deps, source, query.force, signal),
      )
      deps.log.info({ cluster: source.name, deleted, by: principal?.name }, 'removed types deleted')
      return { cluster: source.name, deleted }
    },
  )
}

async function previewRemoved(
  deps: RemovedDeps,
  cluster: string | undefined,
  signal: AbortSignal,
): Promise<z.infer<typeof RemovedView>> {
  const source = openCluster(deps, cluster)
  const discovery = await discover(source, signal)
  const look = { source, discovery, standings: await deps.catalog.freshness(source.name) }
  const found = await findRemoved(look, 'all', signal)
  const { known, removed, unavailable, isTooMany: needsForce, warnings } = found
  return { cluster: source.name, known, removed, unavailable, needsForce, warnings }
}
