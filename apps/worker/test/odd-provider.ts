import { createServer } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { createChatReply, GOODS } from '@capstan/testkit/model-server'

export type OddBody = Record<string, unknown>

export interface OddAnswer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** The response of a server to a request; undefined: a good answer. */
export type OddRule = (
  body: OddBody,
  call: OddCall,
) => OddAnswer | undefined | Promise<OddAnswer | undefined>

export interface OddCall {
  body: OddBody
  status: number
  /** The names of the types that the prompt asks about, one as a rule. */
  prompt: string
}

export interface OddProvider {
  /** The URL of the server, without `/v1`. */
  url: string
  calls: OddCall[]
  /** Replaces its rule, as an upgrade does. */
  change(rule: OddRule): void
}

/** A small server with the wire formats of Anthropic and OpenAI and its own rule; ends with the test. */
export async function startOddProvider(first: OddRule): Promise<OddProvider> {
  let rule = first
  const calls: OddCall[] = []
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method === 'GET') {
        // It lists no models.
        response.writeHead(404).end()
        return
      }
      const text = await readText(request)
      const body = JSON.parse(text) as OddBody // written by a real SDK
      const call: OddCall = { body, status: 0, prompt: text }
      calls.push(call)
      const isAnthropic = request.url === '/v1/messages'
      const refused = await rule(body, call)
      const { status, headers, body: sent } = refused ?? good(isAnthropic)
      call.status = status
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(sent))
    })()
  })
  const { url } = await listenForTest(server)
  return { url, calls, change: (next) => (rule = next) }
}

function good(isAnthropic: boolean): OddAnswer {
  if (!isAnthropic) return { status: 200, body: createChatReply('m').body }
  const usage = { input_tokens: 800, output_tokens: 100 }
  const content = [{ type: 'text', text: JSON.stringify(GOODS) }]
  const body = { type: 'message', role: 'assistant', content, stop_reason: 'end_turn', usage }
  return { status: 200, body }
}
