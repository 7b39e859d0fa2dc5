import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { isModelList } from './model-server.ts'

/** What a server answers to a request whose body was read. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface OddServer {
  /** Without a path. */
  url: string
  /** Requests so far, less those for its list of models, which it has not. */
  calls: number
  /** How it answers from now on. */
  answer: Answer
}

/** A small server that answers as a test says; closes with the test. */
export async function startOddServer(answer: Answer): Promise<OddServer> {
  const odd: OddServer = { url: '', calls: 0, answer }
  const server = createServer((request, response) => {
    if (isModelList(request.url)) return void response.writeHead(404).end()
    odd.calls += 1
    request.resume().on('end', () => odd.answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  odd.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
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
