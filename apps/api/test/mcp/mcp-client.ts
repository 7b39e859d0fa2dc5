import {
  Client,
  StreamableHTTPClientTransport,
  type CallToolResult,
} from '@modelcontextprotocol/client'
import { z } from 'zod'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

/** Versions of the protocol: the stateless one, and the one with a handshake. */
export const PROTOCOLS = ['2026-07-28', '2025-11-25'] as const
export type ProtocolVersion = (typeof PROTOCOLS)[number]

/** Connects the official client to the MCP server of `url`. It closes with the test. */
export async function connectMcp(
  url: string,
  { token, protocol = '2026-07-28' }: { token?: string; protocol?: ProtocolVersion } = {},
): Promise<Client> {
  const mode = protocol === '2026-07-28' ? { pin: protocol } : 'legacy'
  const client = new Client(
    { name: 'capstan-test', version: '1.0.0' },
    { versionNegotiation: { mode } },
  )
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', url), {
    requestInit: { headers },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

/** Calls a tool and returns its fields and its text. Throws the text of a tool error. */
export async function callTool<T extends z.ZodType>(
  client: Client,
  schema: T,
  name: string,
  input: Record<string, unknown> = {},
): Promise<{ data: z.output<T>; text: string }> {
  const result = await client.callTool({ name, arguments: input })
  const text = readToolText(result)
  if (result.isError === true) throw new Error(text)
  return { data: schema.parse(result.structuredContent), text }
}

/** Returns the text of a tool result. */
export function readToolText({ content }: Pick<CallToolResult, 'content'>): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}
