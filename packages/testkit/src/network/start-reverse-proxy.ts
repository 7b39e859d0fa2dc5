import { createServer, request as send, type IncomingMessage } from 'node:http'
import { listenForTest } from '../listen-for-test.ts'

export interface ReverseProxyOptions {
  /** Served below this path; everything else is 404. */
  prefix: string
  /** Whether the prefix is removed from the forwarded path. */
  strips: boolean
  /** Set on every request, replacing headers of the client. */
  headers?: Record<string, string>
  /** Whether streams of events deliver nothing, as below a proxy that collects responses. Asked for each piece. */
  collects?: () => boolean
}

/** Starts a reverse proxy in this process. It is closed with the test. Returns its URL without the prefix. */
export async function startReverseProxy(
  target: string,
  options: ReverseProxyOptions,
): Promise<string> {
  const { prefix, strips, headers = {}, collects = () => false } = options
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method } = incoming
    if (!url.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end()
      return
    }
    const path = strips ? url.slice(prefix.length) : url
    const onward = send(`${target}${path}`, {
      method,
      headers: { ...incoming.headers, ...headers },
    })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      if (!isStream(answer)) {
        answer.pipe(outgoing)
        return
      }
      outgoing.flushHeaders()
      answer.on('data', (piece: Buffer) => collects() || outgoing.write(piece))
      answer.on('end', () => outgoing.end())
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  return (await listenForTest(server)).url
}

function isStream({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') === true
}
