import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { OddReply } from './types.ts'

const MEBIBYTE = 1_048_576

/** Sends one body, as JSON unless it is a string. */
export function deliverWhole(response: ServerResponse, reply: OddReply): void {
  const isText = typeof reply.body === 'string' || Buffer.isBuffer(reply.body)
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
  response.end(isText ? reply.body : JSON.stringify(reply.body))
}

/** Sends nothing, not even a status. */
export function hang(): void {
  // The timeout of the caller ends the call.
}

/** Sends the status and half of the body, then nothing. */
export function hangInBody(response: ServerResponse, reply: OddReply): void {
  writeHalf(response, reply)
}

/** Closes the connection in the middle of a body with a content length. */
export function breakInBody(response: ServerResponse, reply: OddReply): void {
  writeHalf(response, reply, () => response.destroy())
}

/** Closes the connection without a status. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

/** Sends 100 MiB that look like the start of an answer. */
export function deliverHuge(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"choices":[{"message":{"content":"')
  pour(response, 100 * MEBIBYTE, () => response.end('"}}]}'))
}

/** Sends a small compressed body that unpacks to 200 MiB: one compressed chunk, repeated. */
export function deliverGzipBomb(response: ServerResponse): void {
  const piece = gzipSync(Buffer.alloc(MEBIBYTE, 'a'))
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  response.end(Buffer.concat(Array.from({ length: 200 }, () => piece)))
}

/** Sends an event stream, although the request did not ask for one. */
export function deliverEvents(response: ServerResponse, reply: OddReply): void {
  response.writeHead(reply.status, { 'content-type': 'text/event-stream' })
  response.end(`data: ${JSON.stringify(reply.body)}\n\ndata: [DONE]\n\n`)
}

/** Sends JSON with another content type. */
export function deliverAs(type: string): (response: ServerResponse, reply: OddReply) => void {
  return (response, reply) =>
    deliverWhole(response, { ...reply, headers: { ...reply.headers, 'content-type': type } })
}

/** Sends JSON after the empty lines with which a server keeps a slow connection open. */
export function deliverAfterEmptyLines(response: ServerResponse, reply: OddReply): void {
  deliverWhole(response, { ...reply, body: `\n\n\n\n${JSON.stringify(reply.body)}` })
}

function writeHalf(response: ServerResponse, { status, body }: OddReply, then?: () => void): void {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers)
  response.write(text.slice(0, text.length / 2), then)
}

/** Writes this many bytes, no faster than they are read. Stops when the reader disconnects. */
function pour(response: ServerResponse, bytes: number, then: () => void): void {
  const chunk = Buffer.alloc(MEBIBYTE, 'a')
  let left = bytes
  const more = (): void => {
    while (left > 0 && response.writable) {
      left -= chunk.length
      if (!response.write(chunk)) {
        response.once('drain', more)
        return
      }
    }
    if (left <= 0) then()
  }
  more()
}
