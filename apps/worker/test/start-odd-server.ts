import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a server answers to a request with this JSON body. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: OddBody) => void

export interface OddBody {
  model?: string
  max_tokens?: number
}

export interface OddServer {
  /** Without a path. */
  url: string
  /** Requests so far. */
  calls: number
  /** How it answers from now on. */
  answer: Answer
}

/** A small server that answers as a test says; closes with the test. */
export async function startOddServer(
  answer: Answer,
  tls?: { key: string; cert: string },
): Promise<OddServer> {
  const odd: OddServer = { url: '', calls: 0, answer }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    odd.calls += 1
    let text = ''
    for await (const chunk of request) text += String(chunk)
    odd.answer(request, response, JSON.parse(text || '{}') as OddBody)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void handle(request, response)
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  odd.url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  return odd
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
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

/** A good chat completion about any type. */
export const answerWell: Answer = (_, response) => {
  const message = { role: 'assistant', content: GOOD }
  sendJson(response, 200, {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 800, completion_tokens: 100, total_tokens: 900 },
  })
}
