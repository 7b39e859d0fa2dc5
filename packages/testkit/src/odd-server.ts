import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenForTest } from './listen-for-test.ts'
import { chatReply, isModelList } from './model-server.ts'

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
  odd.url = (await listenForTest(server)).url
  return odd
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** A good chat completion about any type. */
export const answerWell: Answer = (_, response) => sendJson(response, 200, chatReply('m').body)
