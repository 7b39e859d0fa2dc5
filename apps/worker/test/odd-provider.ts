import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type OddBody = Record<string, unknown>

export interface OddAnswer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** What a server says to a request; undefined: it answers well. */
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
  /** Of the server, without `/v1`. */
  url: string
  calls: OddCall[]
  /** Replaces its rule, as an upgrade does. */
  change(rule: OddRule): void
}

const GOOD = JSON.stringify({
  capabilities: ['store goods'],
  providers: [],
  abstractions: [],
  complexity: 'low',
  description: 'Stores goods.',
  useCase: 'When goods need a place.',
  confidence: 0.8,
  searchPhrases: ['warehouse'],
})

/** A small server of both wires with its own rule; ends with the test. */
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}`, calls, change: (next) => (rule = next) }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function good(isAnthropic: boolean): OddAnswer {
  if (isAnthropic) {
    const usage = { input_tokens: 800, output_tokens: 100 }
    const body = { type: 'message', role: 'assistant', content: [{ type: 'text', text: GOOD }] }
    return { status: 200, body: { ...body, stop_reason: 'end_turn', usage } }
  }
  const message = { role: 'assistant', content: GOOD }
  const usage = { prompt_tokens: 800, completion_tokens: 100, total_tokens: 900 }
  return { status: 200, body: { choices: [{ index: 0, message, finish_reason: 'stop' }], usage } }
}
