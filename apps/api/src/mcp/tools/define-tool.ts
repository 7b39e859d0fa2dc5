import type { CallToolResult, McpServer, ToolAnnotations } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Problem } from '@capstan/shared/contract/problem'
import { AppError } from '@capstan/shared/errors'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { RouteAccess } from '../../access/route-roles.ts'
import { findRouteAccess } from '../../access/find-route-access.ts'
import { compactSchema } from '../compact-schema.ts'
import { RestError } from '../rest-client.ts'
import type { ToolContext } from './tool-context.ts'

/** Result of a tool: fields for programs, and a short text for a model. */
export interface McpToolAnswer<T> {
  data: T
  text: string
}

/** Access to REST routes, the budget and the progress of one call. */
interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject> {
  name: string
  description: string
  /** REST route whose role the tool needs. */
  route: string
  annotations: ToolAnnotations
  input: I
  output: O
  run(context: ToolContext, input: z.output<I>): Promise<McpToolAnswer<z.output<O>>>
}

/** A tool of the MCP server. */
export interface McpTool {
  name: string
  /** Role that a caller needs, from access/route-roles.ts. */
  access: RouteAccess
  register(server: McpServer, createContext: CreateContext): void
}

type ServerCall = Parameters<Parameters<McpServer['registerTool']>[2]>[1]
export type CreateContext = (call: ServerCall) => ToolContext

/** Error texts are cut by clients at about 11,000 characters. */
const MAX_ERROR = 4_000

/** Defines a tool. Problems of REST routes become tool errors with the code, the reason and the hint. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  spec: ToolSpec<I, O>,
): McpTool {
  const { name, description, annotations, input, output } = spec
  const [method = '', pattern = ''] = spec.route.split(' ')
  return {
    name,
    access: findRouteAccess(method, pattern),
    register: (server, createContext) => {
      const config = {
        description,
        annotations: { ...annotations, openWorldHint: false },
        inputSchema: compactSchema(input),
        outputSchema: compactSchema(output),
      }
      server.registerTool(name, config, async (given, call) => {
        const context = createContext(call)
        return runTool(context, () => spec.run(context, input.parse(given)))
      })
    },
  }
}

async function runTool(
  context: ToolContext,
  run: () => Promise<McpToolAnswer<Record<string, unknown>>>,
): Promise<CallToolResult> {
  try {
    const { data, text } = await run()
    return { content: [{ type: 'text', text }], structuredContent: data }
  } catch (error) {
    return { content: [{ type: 'text', text: describeError(context, error) }], isError: true }
  }
}

function describeError({ log }: ToolContext, error: unknown): string {
  if (error instanceof AppError)
    return describeProblem({ code: error.code, detail: error.message, hint: error.hint })
  if (!(error instanceof RestError)) {
    log.error({ err: error }, 'tool failed')
    return 'INTERNAL: The tool failed. The log of the API process has the reason.'
  }
  return describeProblem(error.problem)
}

function describeProblem(
  problem: Pick<Problem, 'code' | 'detail' | 'errors'> & { hint?: string | undefined },
): string {
  const { code, detail = '', hint, errors = [] } = problem
  const faults = errors.map(({ pointer, detail: fault }) => `${pointer} ${fault}.`)
  const parts = [`${code}: ${detail}.`, ...faults, hint]
  return toPlainText(parts.filter((part) => part !== undefined).join(' '), MAX_ERROR)
}
