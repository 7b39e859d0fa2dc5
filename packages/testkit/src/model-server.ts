import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { listenForTest } from './listen-for-test.ts'

export interface ModelRequest {
  method: string
  /** Path with query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface ModelReply {
  status?: number
  /** A string is sent unchanged, anything else as JSON. */
  body: unknown
}

export interface ModelServer {
  url: string
  /** Every request so far. */
  requests: ModelRequest[]
  close(): Promise<void>
}

/** A valid answer for any type. */
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

/** A server that answers with the given function and records its requests. It is closed with the test. */
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

/** Whether a request lists models, which every worker sends once to a base URL. It is not a call of a scan. */
export function isModelListRequest(path = ''): boolean {
  return /\/models(\?|$)/.test(path)
}

/** A local server with these models and without a key, below /v1 like Ollama, vLLM and LM Studio. */
export function serveLocalModels(models: string[]): (request: ModelRequest) => ModelReply {
  return ({ path, body }) => {
    if (path.startsWith('/v1/') && isModelListRequest(path)) {
      return { body: { object: 'list', data: models.map((id) => ({ id, object: 'model' })) } }
    }
    const { model } = body === '' ? {} : JSON.parse(body)
    if (path === '/v1/chat/completions' && models.includes(model)) return createChatReply(model)
    return { status: 404, body: '404 page not found' }
  }
}

/** A chat completion with a valid answer. */
export function createChatReply(model: string): ModelReply {
  const message = { role: 'assistant', content: JSON.stringify(GOODS) }
  const usage = { prompt_tokens: 800, completion_tokens: 100, total_tokens: 900 }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return { body: { id: 'c', object: 'chat.completion', created: 1, model, choices, usage } }
}
