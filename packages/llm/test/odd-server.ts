import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

export interface OddAnswer {
  status?: number
  /** A string is sent unchanged, everything else as JSON. */
  body: unknown
}

export type OddBody = Record<string, unknown>

export interface OddServer {
  /** Base URL without `/v1`. */
  url: string
  bodies: OddBody[]
}

/** Starts a server that replies with the result of `answer` and records the bodies. Closed at the end of the test. */
export async function startOddServer(
  answer: (body: OddBody, count: number) => OddAnswer,
): Promise<OddServer> {
  const bodies: OddBody[] = []
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const sent = JSON.parse(text) as OddBody // our own SDK has written it
      bodies.push(sent)
      const { status = 200, body } = answer(sent, bodies.length)
      const isText = typeof body === 'string'
      response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' })
      response.end(isText ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}`, bodies }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
