import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { listenForTest } from './listen-for-test.ts'

export interface ModelRequest {
  method: string
  /** With its query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface ModelReply {
  status?: number
  /** Sent as it is when it is a text, else as JSON. */
  body: unknown
}

export interface ModelServer {
  url: string
  /** Every request so far. */
  requests: ModelRequest[]
  close(): Promise<void>
}

/** The object that every type may be answered with. */
export const GOODS = {
  capabilities: ['store goods'],
  providers: [],
  abstractions: [],
  complexity: 'low',
  description: 'Stores goods.',
  useCase: 'When goods need a place.',
  confidence: 0.8,
  searchPhrases: ['warehouse'],
}

/** A server that answers as the test says and records what it was sent; it closes with the test. */
export async function testModelServer(
  answer: (request: ModelRequest) => ModelReply,
  port = 0,
): Promise<ModelServer> {
  const requests: ModelRequest[] = []
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url: path = '', headers } = request
      const asked = { method, path, headers, body }
      requests.push(asked)
      const { status = 200, body: sent } = answer(asked)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof sent === 'string' ? sent : JSON.stringify(sent))
    })
  })
  return { requests, ...(await listenForTest(server, port)) }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

/** A request for the list of models, which every worker sends once to a base URL. No call of a scan. */
export function isModelList(path = ''): boolean {
  return /\/models(\?|$)/.test(path)
}

/** A local server that has these models and needs no key, below /v1 as Ollama, vLLM and LM Studio have it. */
export function localModels(models: string[]): (request: ModelRequest) => ModelReply {
  return ({ path, body }) => {
    if (path.startsWith('/v1/') && isModelList(path)) {
      return { body: { object: 'list', data: models.map((id) => ({ id, object: 'model' })) } }
    }
    const { model } = body === '' ? {} : JSON.parse(body)
    if (path === '/v1/chat/completions' && models.includes(model)) return chatReply(model)
    return { status: 404, body: '404 page not found' }
  }
}

/** A chat completion that answers a type. */
export function chatReply(model: string): ModelReply {
  const message = { role: 'assistant', content: JSON.stringify(GOODS) }
  const usage = { prompt_tokens: 800, completion_tokens: 100, total_tokens: 900 }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return { body: { id: 'c', object: 'chat.completion', created: 1, model, choices, usage } }
}
