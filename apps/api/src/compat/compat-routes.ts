import type { FastifyError } from 'fastify'
import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import type { Principal } from '../plugins/tokens.ts'
import { classifyError } from '../plugins/classify-error.ts'
import { envelope } from './envelope.ts'
import type { CompatDeps } from './compat-deps.ts'
import { sendErrorEnvelope } from './send-error-envelope.ts'
import { manageOrgData } from './manage-org-data.ts'
import { OrgDataBody, readRequest } from './org-data-request.ts'
import { openSessionStore } from './scan/session-store.ts'
import { TOOL_NAME, toolDirectory, ToolsQuery } from './tool-directory.ts'

const Framed = z.looseObject({
  success: z.literal(true),
  data: z.looseObject({}),
  meta: z.object({ timestamp: z.string(), requestId: z.string(), version: z.string() }),
})

/** Thousands of names in one list, as a controller sends them for a new cluster. */
const BODY_BYTES = 2 * 1024 * 1024
/** Reads are POSTs here, and a controller deletes one by one. */
const POSTS_PER_MINUTE = 6_000

/**
 * The interface of dot-ai, below /api/v1: one tool for everything about capabilities. `closing` fires when the
 * server begins to close. Failures have the form its clients know, so it needs a scope of its own.
 */
export function compatRoutes(app: App, deps: ApiDeps, closing: AbortSignal): void {
  const tools = { ...deps, sessions: openSessionStore(deps) }
  app.setErrorHandler((error: FastifyError, request, reply) => {
    sendErrorEnvelope(request, reply, classifyError(error, deps.redis.status === 'ready'))
  })
  manageOrgDataRoute(app, tools, closing)
  toolRoutes(app)
  // Its clients read it without a token, and everything in it is in the source anyway.
  app.get('/openapi', { config: { access: 'open' }, schema: { hide: true } }, () => app.swagger())
}

function manageOrgDataRoute(app: App, tools: CompatDeps, closing: AbortSignal): void {
  app.post(
    `/tools/${TOOL_NAME}`,
    {
      config: { access: 'read', rateLimit: { max: POSTS_PER_MINUTE, timeWindow: 60_000 } },
      bodyLimit: BODY_BYTES,
      schema: {
        tags: ['compatibility'],
        summary: 'Scan, follow, list, get, search and delete capabilities as clients of dot-ai do',
        description:
          '`success` of the frame says that there is an answer; `data.result.success` says whether the operation succeeded. `scan` needs the scope scan, `delete` and `deleteAll` the scope admin.',
        body: OrgDataBody,
        response: { 200: Framed },
      },
      // What does not fit is answered by the tool itself.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async (request, reply) => {
      const startedAt = performance.now()
      const body: unknown = request.body
      if (!isObject(body)) throw notAnObject()
      const signal = AbortSignal.any([request.signal, closing])
      const result = await manageOrgData(
        tools,
        readRequest(body),
        request.principal ?? NOBODY,
        signal,
      )
      const executionTime = Math.round(performance.now() - startedAt)
      const data = { result, tool: TOOL_NAME, executionTime }
      return reply.send(envelope(data, request.id))
    },
  )
}

function toolRoutes(app: App): void {
  app.post(
    '/tools/:tool',
    { config: { access: 'read' }, schema: { hide: true } },
    (request, reply) => sendErrorEnvelope(request, reply, noSuchTool()),
  )

  app.get(
    '/tools',
    {
      config: { access: 'read' },
      schema: {
        tags: ['compatibility'],
        summary: 'List the tools that clients of dot-ai find here',
        querystring: ToolsQuery,
        response: { 200: Framed },
      },
    },
    async ({ query, id }) => envelope(toolDirectory(query), id),
  )
}

/** Routes without a principal are refused before they get here; this one may do nothing. */
const NOBODY: Principal = { name: 'nobody', scopes: [] }

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

function notAnObject(): AppError {
  return new AppError('VALIDATION', 'Request body must be a JSON object', {
    hint: 'Send `{"dataType":"capabilities","operation":"list"}` with `Content-Type: application/json`.',
  })
}

function noSuchTool(): AppError {
  return new AppError('NOT_FOUND', 'There is no tool of this name', {
    hint: `The only one is ${TOOL_NAME}; GET /api/v1/tools describes it.`,
  })
}
