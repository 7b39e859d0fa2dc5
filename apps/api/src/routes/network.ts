import { z } from 'zod'
import { NetworkRow } from '@capstan/shared/contract/server/network-row'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'

/** Adds the list of servers that the API and the workers connect to. */
export function addNetworkRoute(app: App, deps: Pick<ApiDeps, 'redis' | 'keys' | 'network'>): void {
  app.get(
    '/network',
    {
      schema: {
        operationId: 'listNetworkTargets',
        tags: ['health'],
        summary: 'List the servers that the API and the workers connect to, with their proxies',
        response: { 200: z.object({ data: z.array(NetworkRow) }) },
      },
    },
    async () => {
      const workers = await listWorkers(deps.redis, deps.keys)
      const own = (await deps.network?.()) ?? []
      return {
        data: [
          ...own.map((target) => ({ process: 'api', ...target })),
          ...workers.flatMap(({ id, network = [] }) =>
            network.map((target) => ({ process: id, ...target })),
          ),
        ],
      }
    },
  )
}
