import { z } from 'zod'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { QueueStatus, queueStatus } from '../queue/queue-status.ts'

type QueueDeps = Pick<ApiDeps, 'redis' | 'keys' | 'queue' | 'log'>

/** The queue of inferences and who works it off. */
export function queueRoutes(app: App, deps: QueueDeps): void {
  app.get(
    '/queue',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'Read where the queue stands',
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
        await (action === 'pause' ? deps.queue.pause() : deps.queue.resume())
        deps.log.info({ action, by: request.principal?.name }, 'queue changed')
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
