import { z } from 'zod'
import { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import { pauseQueues, resumeQueues } from '../queue/pause-queues.ts'
import { readQueueStatus } from '../queue/read-queue-status.ts'

type QueueDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues' | 'audit' | 'log'>

/** Adds the state and the pause of the queues, and the list of workers. */
export function addQueueRoutes(app: App, deps: QueueDeps): void {
  app.get(
    '/queue',
    {
      schema: {
        operationId: 'getQueue',
        tags: ['queue'],
        summary: 'Read the state of the queues of all routes',
        response: { 200: QueueStatus },
      },
    },
    () => readQueueStatus(deps),
  )

  for (const action of ['pause', 'resume'] as const) {
    app.post(
      `/queue/${action}`,
      {
        schema: {
          operationId: `${action}Queues`,
          tags: ['queue'],
          summary:
            action === 'pause'
              ? 'Pause the queues of all routes'
              : 'Resume the queues of all routes',
          response: { 200: QueueStatus },
        },
      },
      async (request) => {
        await (action === 'pause' ? pauseQueues(deps) : resumeQueues(deps))
        deps.log.info({ action, by: request.principal?.name }, 'queues paused or resumed')
        await auditRequest(deps, request, action === 'pause' ? 'queues.paused' : 'queues.resumed')
        return readQueueStatus(deps)
      },
    )
  }

  app.get(
    '/workers',
    {
      schema: {
        operationId: 'listWorkers',
        tags: ['queue'],
        summary: 'List the live worker processes',
        response: { 200: z.object({ data: z.array(WorkerStatus) }) },
      },
    },
    async () => ({ data: await listWorkers(deps.redis, deps.keys) }),
  )
}
