import { z } from 'zod'
import { NetworkTarget } from '@capstan/shared/contract/network-target'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'

const Row = NetworkTarget.extend({ process: z.string().describe('`api`, or the id of a worker.') })

/** Adds the list of servers that the API and the workers connect to. */
export function addNetworkRoute(app: App, deps: Pick<ApiDeps, 'redis' | 'keys' | 'network'>): void {
  app.get(
    '/network',
    {
      config: { access: 'read' },
      schema: {
        tags: ['health'],
        summary: 'List the servers that the API and the workers connect to, with their proxies',
        response: { 200: z.object({ data: z.array(Row) }) },
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
