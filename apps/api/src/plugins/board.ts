import { createBullBoard } from '@bull-board/api'
import { FastifyAdapter } from '@bull-board/fastify'
import { AppError } from '@capstan/shared/errors'
import { BOARD_PATH } from '@capstan/scan-store/queue/board-path'
import type { App } from '../app-types.ts'
import { createBoardRefresh, type BoardDeps } from '../board/board-queues.ts'
import { classifyError } from './classify-error.ts'
import { sendProblem } from './errors.ts'

/** The board loads nothing from other origins. Its elements have inline styles. */
const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
  "form-action 'self'",
].join('; ')

/** Link to a font service. The policy blocks it, and the browser would report an error. */
const FOREIGN_LINK = /<link\b[^>]*\bhref="https?:[^>]*>/g

/** Start of the base path of the page, where the prefix is inserted. */
const BASE = /(<base href=")(?=\/)/

/** Maximum page size of the board. Without it one request reads all jobs of a queue. */
const MAX_JOBS = 100

function limitJobs(query: unknown): void {
  if (typeof query !== 'object' || query === null || !('jobsPerPage' in query)) return
  const count = Number(query.jobsPerPage)
  if (!(count >= 1 && count <= MAX_JOBS)) query.jobsPerPage = String(MAX_JOBS)
}

/** Installs Bull Board in read-only mode, in a scope of its own because it replaces the error handler. */
export async function installBoard(app: App, deps: BoardDeps): Promise<void> {
  const adapter = new FastifyAdapter()
  adapter.setBasePath(BOARD_PATH)
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Capstan queues',
        // Wide enough for most model names.
        menu: { width: '320px' },
        hideDocsLink: true,
        hideRedisDetails: true,
        // BullMQ finds workers by CLIENT LIST, which exposes every client of Redis and is forbidden to least-privilege
        // users.
        showWorkers: false,
        // Seconds.
        pollingInterval: { forceInterval: 5 },
        // Relative to the base of the page, which includes the prefix of the request.
        miscLinks: [{ text: 'API', url: '../docs/' }],
      },
    },
  })
  const refresh = createBoardRefresh(deps, board)
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true }
      // The error handler of the board would turn every rejection into a 500.
      route.errorHandler = (error, request, reply) =>
        sendProblem(request, reply, classifyError(error, deps.redis.status === 'ready'))
    })
    scope.addHook('onSend', async (request, reply, payload) => {
      reply.header('content-security-policy', CONTENT_POLICY)
      const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
      return isPage && typeof payload === 'string'
        ? payload.replaceAll(FOREIGN_LINK, '').replace(BASE, `$1${app.findPrefix(request.raw)}`)
        : payload
    })
    scope.addHook('preParsing', async (request) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new AppError('METHOD_NOT_ALLOWED', 'The queue board is read-only', {
          hint: 'Use POST /api/v1/scans/{id}/pause, /resume, /cancel or /retry, or /api/v1/queue.',
          extra: { allow: 'GET, HEAD' },
        })
      }
      // Routes change on every replica, so the list of queues is refreshed for each request.
      if (request.url.startsWith(`${BOARD_PATH}/api/`)) await refresh()
    })
    scope.addHook('preHandler', async ({ query }) => {
      limitJobs(query)
    })
    await scope.register(adapter.registerPlugin(), { prefix: BOARD_PATH })
  })
}
