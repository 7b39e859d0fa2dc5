import { createBullBoard } from '@bull-board/api'
import { FastifyAdapter } from '@bull-board/fastify'
import { AppError } from '@capstan/shared/errors'
import { BOARD_PATH } from '@capstan/scan-store/queue/board-path'
import type { App } from '../app-types.ts'
import { followBoardQueues, type BoardDeps } from '../board/board-queues.ts'
import { classifyError } from './classify-error.ts'
import { sendProblem } from './errors.ts'

/** The board loads nothing from another origin; its styles set attributes of elements. */
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

/** The page asks a font service for its fonts. The policy refuses that, and the browser reports each refusal as an error. */
const FOREIGN_LINK = /<link\b[^>]*\bhref="https?:[^>]*>/g

/** Up to the path below which the page finds its files and its API. */
const BASE = /(<base href=")(?=\/)/

/** The most jobs of a page that the board offers. Without a limit one request reads all jobs of a queue. */
const MOST_JOBS = 100

function limitJobs(query: unknown): void {
  if (typeof query !== 'object' || query === null || !('jobsPerPage' in query)) return
  const asked = Number(query.jobsPerPage)
  if (!(asked >= 1 && asked <= MOST_JOBS)) query.jobsPerPage = String(MOST_JOBS)
}

/** Bull Board, to look only. It has a scope of its own because it replaces the error handler. */
export async function installBoard(app: App, deps: BoardDeps): Promise<void> {
  const adapter = new FastifyAdapter()
  adapter.setBasePath(BOARD_PATH)
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Capstan queues',
        // Wide enough for the names of most models.
        menu: { width: '320px' },
        hideDocsLink: true,
        hideRedisDetails: true,
        // Found by CLIENT LIST, which shows every client of the Redis and is refused to a least-privilege user.
        showWorkers: false,
        // Seconds.
        pollingInterval: { forceInterval: 5 },
        // Relative to the base of the page, which holds the prefix of the request.
        miscLinks: [{ text: 'API', url: '../docs/' }],
      },
    },
  })
  const follow = followBoardQueues(deps, board)
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'scan', browser: true }
      route.schema = { ...route.schema, hide: true }
      // The board's own handler would make a 500 of every refusal.
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
        throw new AppError('METHOD_NOT_ALLOWED', 'The queue board is for looking only', {
          hint: 'Use POST /api/v1/scans/{id}/pause, /resume, /cancel or /retry, or /api/v1/queue.',
          extra: { allow: 'GET, HEAD' },
        })
      }
      // Routes come and go, on every replica; what the board shows of them is as old as the request.
      if (request.url.startsWith(`${BOARD_PATH}/api/`)) await follow()
    })
    scope.addHook('preHandler', async ({ query }) => {
      limitJobs(query)
    })
    await scope.register(adapter.registerPlugin(), { prefix: BOARD_PATH })
  })
}
