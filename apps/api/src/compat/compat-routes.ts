import type { FastifyError } from 'fastify'
import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { requirePrincipal } from '../access/principal.ts'
import { classifyError } from '../plugins/classify-error.ts'
import { wrapResult } from './envelope.ts'
import type { CompatDeps } from './compat-deps.ts'
import { sendErrorEnvelope } from './send-error-envelope.ts'
import { manageOrgData } from './manage-org-data.ts'
import { OrgDataBody, parseRequest } from './org-data-request.ts'
import { openSessionStore } from './scan/session-store.ts'
import { TOOL_NAME, listTools, ToolsQuery } from './tool-directory.ts'

const WrappedResult = z.looseObject({
  success: z.literal(true),
  data: z.looseObject({}),
  meta: z.object({ timestamp: z.string(), requestId: z.string(), version: z.string() }),
})

/** Controllers send thousands of names in one list for a new cluster. */
const BODY_BYTES = 2 * 1024 * 1024
/** Reads are POST requests in this interface, and controllers delete resources one by one. */
const POSTS_PER_MINUTE = 6_000

/**
 * Adds the interface of dot-ai below /api/v1: one tool for all operations on capabilities. `closing` fires when the
 * server begins to close. Needs a Fastify scope of its own, because errors have the format of dot-ai.
 */
export function addCompatRoutes(app: App, deps: ApiDeps, closing: AbortSignal): void {
  const tools = { ...deps, sessions: openSessionStore(deps) }
  app.setErrorHandler((error: FastifyError, request, reply) => {
    sendErrorEnvelope(request, reply, classifyError(error, deps.redis.status === 'ready'))
  })
  addToolRoute(app, tools, closing)
  addToolListRoutes(app)
  // Clients read it without a token. It contains nothing secret.
  app.get('/openapi', { schema: { hide: true } }, () => app.swagger())
}

function addToolRoute(app: App, tools: CompatDeps, closing: AbortSignal): void {
  app.post(
    `/tools/${TOOL_NAME}`,
    {
      config: { rateLimit: { max: POSTS_PER_MINUTE, timeWindow: 60_000 } },
      bodyLimit: BODY_BYTES,
      schema: {
        operationId: 'callManageOrgData',
        tags: ['compatibility'],
        summary:
          'Scan, follow, list, get, search and delete capabilities with the interface of dot-ai',
        description:
          '`success` of the response states that there is a result. `data.result.success` states whether the operation succeeded. `scan` needs the scope scan, `delete` and `deleteAll` the scope admin.',
        body: OrgDataBody,
        response: { 200: WrappedResult },
      },
      // The tool itself reports invalid requests.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async (request, reply) => {
      const startedAt = performance.now()
      const body: unknown = request.body
      if (!isObject(body)) throw notAnObjectError()
      const signal = AbortSignal.any([request.signal, closing])
      const { name: by, role } = requirePrincipal(request)
      const caller = { by, role, requestId: request.id, signal }
      const result = await manageOrgData(tools, parseRequest(body), caller)
      const executionTime = Math.round(performance.now() - startedAt)
      const data = { result, tool: TOOL_NAME, executionTime }
      return reply.send(wrapResult(data, request.id))
    },
  )
}

function addToolListRoutes(app: App): void {
  app.post('/tools/:tool', { schema: { hide: true } }, (request, reply) =>
    sendErrorEnvelope(request, reply, unknownToolError()),
  )

  app.get(
    '/tools',
    {
      schema: {
        operationId: 'listTools',
        tags: ['compatibility'],
        summary: 'List the tools of the dot-ai interface',
        querystring: ToolsQuery,
        response: { 200: WrappedResult },
      },
    },
    async ({ query, id }) => wrapResult(listTools(query), id),
  )
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

function notAnObjectError(): AppError {
  return new AppError('VALIDATION', 'Request body must be a JSON object', {
    hint: 'Send `{"dataType":"capabilities","operation":"list"}` with `Content-Type: application/json`.',
  })
}

function unknownToolError(): AppError {
  return new AppError('NOT_FOUND', 'The tool does not exist', {
    hint: `The only tool is ${TOOL_NAME}. GET /api/v1/tools describes it.`,
  })
}
