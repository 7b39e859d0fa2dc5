import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { AppError } from '@capstan/shared/errors'
import { scrub } from '@capstan/shared/text/scrub'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { classifyError } from './classify-error.ts'
import { sendProblem } from './errors.ts'

const PATH = '/queues'

/** Bull Board, to look only. It has a scope of its own because it replaces the error handler. */
export async function installBoard(
  app: App,
  deps: Pick<ApiDeps, 'redis' | 'queue' | 'planQueue' | 'scheduleQueue'>,
): Promise<void> {
  const adapter = new FastifyAdapter()
  adapter.setBasePath(PATH)
  createBullBoard({
    queues: [deps.queue, deps.planQueue, deps.scheduleQueue].map(readOnly),
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Capstan queues',
        hideRedisDetails: true,
        // Found by CLIENT LIST, which shows every client of the Redis and is refused to a least-privilege user.
        showWorkers: false,
        // Seconds.
        pollingInterval: { forceInterval: 5 },
        miscLinks: [{ text: 'API', url: '/docs' }],
      },
    },
  })
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'admin', browser: true }
      route.schema = { ...route.schema, hide: true }
      // The board's own handler would make a 500 of every refusal.
      route.errorHandler = (error, request, reply) =>
        sendProblem(request, reply, classifyError(error, deps.redis.status === 'ready'))
    })
    scope.addHook('preParsing', async (request) => {
      if (request.method === 'GET' || request.method === 'HEAD') return
      throw new AppError('METHOD_NOT_ALLOWED', 'The queue board is for looking only', {
        hint: 'Use POST /api/v1/scans/{id}/pause, /resume, /cancel or /retry, or /api/v1/queue.',
        extra: { allow: 'GET, HEAD' },
      })
    })
    await scope.register(adapter.registerPlugin(), { prefix: PATH })
  })
}

function readOnly(queue: ApiDeps['queue' | 'planQueue' | 'scheduleQueue']): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })
  // Jobs hold references only. This is for the day when one holds more.
  adapter.setFormatter('data', (data: unknown) => shortened(data))
  adapter.setFormatter('returnValue', (value: unknown) => shortened(value))
  return adapter
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value ?? null)
  return text.length <= 1_000 ? value : scrub(text, [], 1_000)
}
