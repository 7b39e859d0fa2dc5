import { createMcpHandler } from '@modelcontextprotocol/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import { requirePrincipal } from '../access/principal.ts'
import { rejectForeignOrigin } from '../access/reject-foreign-pages.ts'
import type { App } from '../app-types.ts'
import { openAgentBudget, UNLIMITED_AGENT_BUDGET } from './budget/agent-budget.ts'
import { createMcpServer } from './create-mcp-server.ts'
import { createRestClient } from './rest-client.ts'

export interface McpRouteOptions {
  /** CAPSTAN_PUBLIC_URL. Its pages may call the server. */
  publicUrl: string | undefined
  /** Dollars a day that one caller may spend through agents. Undefined: no limit. */
  budgetUsd: number | undefined
  /** Fires when the server begins to close; waiting tools then return. */
  closing: AbortSignal
}

type BudgetDeps = Parameters<typeof openAgentBudget>[0]

/** Adds POST /mcp. Every request has a server of its own, so that any replica can answer it. */
export function addMcpRoute(app: App, deps: BudgetDeps, options: McpRouteOptions): void {
  const { publicUrl, closing, budgetUsd } = options
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  app.post(
    '/mcp',
    {
      schema: {
        operationId: 'callMcp',
        tags: ['agents'],
        summary: 'Call the MCP server',
        description:
          'Model Context Protocol over streamable HTTP, stateless, versions 2026-07-28 and 2025-11-25. The body is a JSON-RPC message. docs/agents.md has the set-up of clients.',
        response: {
          200: {
            description: 'A JSON-RPC response, or a stream of messages that ends with it.',
            content: {
              'application/json': { schema: z.unknown() },
              'text/event-stream': { schema: z.string() },
            },
          },
        },
      },
      onRequest: async (request) => rejectForeignOrigin(request, publicOrigin),
    },
    async (request, reply) => {
      const { body } = request
      const signal = AbortSignal.any([request.signal, closing])
      const { role, id } = requirePrincipal(request)
      const budget =
        budgetUsd === undefined ? UNLIMITED_AGENT_BUDGET : openAgentBudget(deps, id, budgetUsd)
      const server = () =>
        createMcpServer({
          role,
          budget,
          rest: createRestClient(app, request),
          signal,
          log: request.log,
        })
      const handler = createMcpHandler(server, {
        // Nothing changes during a connection, so that no subscription would ever get a message.
        maxSubscriptions: 0,
        onerror: (error) => request.log.debug({ err: error }, 'MCP request failed'),
      })
      const sent = toWebRequest(request, signal)
      return reply.send(await handler.fetch(sent, { parsedBody: body }))
    },
  )
}

function toWebRequest({ headers, url, body }: FastifyRequest, signal: AbortSignal): Request {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
  // The SDK reads headers only; the name of the host is checked by auth.ts.
  return new Request(new URL(url, 'http://localhost'), {
    method: 'POST',
    headers: given,
    body: writeBody(body),
    signal,
  })
}

/** Throws AppError VALIDATION for a message that is nested too deeply to be written. */
function writeBody(body: unknown): string {
  try {
    return JSON.stringify(body ?? null)
  } catch (error) {
    throw new AppError('VALIDATION', 'The message is nested too deeply', { cause: error })
  }
}
