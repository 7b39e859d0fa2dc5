import { until } from '@capstan/testkit/until'
import { z } from 'zod'

const Text = z.string()

/** The response envelope and the result members that tests read. Other members are ignored. */
const Framed = z.object({
  success: z.literal(true),
  data: z.object({
    result: z.looseObject({
      success: z.boolean(),
      error: z.looseObject({ message: Text }).optional(),
      sessionId: Text.optional(),
      progress: z.looseObject({ status: Text, current: z.number(), total: z.number() }).optional(),
      data: z
        .looseObject({
          id: Text.optional(),
          printerColumns: z.array(z.looseObject({ name: Text })).optional(),
          capabilities: z.array(z.unknown()).optional(),
          totalCount: z.number().optional(),
          truncated: z.boolean().optional(),
          results: z
            .array(z.looseObject({ rank: z.number(), score: z.number(), resourceName: Text }))
            .optional(),
        })
        .optional(),
    }),
    tool: z.literal('manageOrgData'),
    executionTime: z.number(),
  }),
  meta: z.object({ timestamp: z.iso.datetime(), requestId: Text, version: z.literal('v1') }),
})
export type ToolResult = z.infer<typeof Framed>['data']['result']

const Listed = z.array(z.looseObject({ id: Text, resourceName: Text }))

export const SESSION_ID = /^cap-scan-\d+-[0-9a-f]{8}$/

/** An HTTP client with the behavior of dot-ai clients. */
export interface CompatClient {
  /** Calls the tool. The response must be 200 with the envelope. */
  call(operation: string, more?: Record<string, unknown>): Promise<ToolResult>
  /** Polls the progress until the scan has finished. */
  ended(sessionId: string): Promise<ToolResult>
  names(limit?: number): Promise<string[]>
  idOf(name: string): Promise<string>
}

export function compatClient(url: string, token?: string): CompatClient {
  const call: CompatClient['call'] = async (operation, more = {}) => {
    const response = await fetch(`${url}/api/v1/tools/manageOrgData`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ dataType: 'capabilities', operation, ...more }),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${operation}: ${response.status} ${text}`)
    return Framed.parse(JSON.parse(text)).data.result
  }
  const list = async (limit: number) =>
    Listed.parse((await call('list', { limit })).data?.capabilities)
  return {
    call,
    ended: (sessionId) =>
      until(`the end of ${sessionId}`, async () => {
        const result = await call('progress', { sessionId })
        const status = result.progress?.status
        return status === undefined || status === 'processing' ? undefined : result
      }),
    names: async (limit = 10_000) => (await list(limit)).map(({ resourceName }) => resourceName),
    idOf: async (name) => {
      const found = (await list(10_000)).find(({ resourceName }) => resourceName === name)
      if (!found) throw new Error(`${name} is not listed`)
      return found.id
    },
  }
}
