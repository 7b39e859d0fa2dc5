import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenForTest } from './listen-for-test.ts'
import { createChatReply, isModelListRequest } from './model-server.ts'

/** Answers a request whose body was read. */
export type OddServerHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface OddServer {
  /** URL without a path. */
  url: string
  /** Number of requests so far, without requests for the model list, which gets 404. */
  calls: number
  /** The current handler; can be replaced. */
  answer: OddServerHandler
}

/** Starts a small server with the given handler. It is closed with the test. */
export async function startOddServer(answer: OddServerHandler): Promise<OddServer> {
  const odd: OddServer = { url: '', calls: 0, answer }
  const server = createServer((request, response) => {
    if (isModelListRequest(request.url)) return void response.writeHead(404).end()
    odd.calls += 1
    request.resume().on('end', () => odd.answer(request, response))
  })
  odd.url = (await listenForTest(server)).url
  return odd
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Sends a valid chat completion for any type. */
export const answerWithGoods: OddServerHandler = (_, response) =>
  sendJson(response, 200, createChatReply('m').body)
