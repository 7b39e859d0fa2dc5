import { z } from 'zod'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { pauseQueues, resumeQueues } from '../queue/pause-queues.ts'
import { QueueStatus, queueStatus } from '../queue/read-queue-status.ts'

type QueueDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues' | 'log'>

/** The queues of all routes, and the workers. */
export function queueRoutes(app: App, deps: QueueDeps): void {
  app.get(
    '/queue',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'Read where the queues of all routes stand',
        response: { 200: QueueStatus },
      },
    },
    () => queueStatus(deps),
  )

  for (const action of ['pause', 'resume'] as const) {
    app.post(
      `/queue/${action}`,
      {
        config: { access: 'admin' },
        schema: {
          tags: ['queue'],
          summary: `${action === 'pause' ? 'Start nothing more of any scan' : 'Start jobs again'}`,
          response: { 200: QueueStatus },
        },
      },
      async (request) => {
        await (action === 'pause' ? pauseQueues(deps) : resumeQueues(deps))
        deps.log.info({ action, by: request.principal?.name }, 'the queues were paused or resumed')
        return queueStatus(deps)
      },
    )
  }

  app.get(
    '/workers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'List the worker processes that are alive',
        response: { 200: z.object({ data: z.array(WorkerStatus) }) },
      },
    },
    async () => ({ data: await listWorkers(deps.redis, deps.keys) }),
  )
}
