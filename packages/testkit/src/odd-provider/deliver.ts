import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Reply } from './types.ts'

const MEBIBYTE = 1_048_576

/** One body, as JSON unless it is a text already. */
export function deliverWhole(response: ServerResponse, reply: Reply): void {
  const isText = typeof reply.body === 'string' || Buffer.isBuffer(reply.body)
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
  response.end(isText ? reply.body : JSON.stringify(reply.body))
}

/** Nothing comes, not even a status. */
export function hang(): void {
  // The caller's deadline ends the call.
}

/** The status and half of the body come, then nothing. */
export function hangInBody(response: ServerResponse, reply: Reply): void {
  writeHalf(response, reply)
}

/** The connection ends in the middle of a body whose length was announced. */
export function breakInBody(response: ServerResponse, reply: Reply): void {
  writeHalf(response, reply, () => response.destroy())
}

/** The connection ends without a status. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

/** 100 MiB that look like the beginning of an answer. */
export function deliverHuge(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"choices":[{"message":{"content":"')
  pour(response, 100 * MEBIBYTE, () => response.end('"}}]}'))
}

/** A small compressed body that unpacks to 200 MiB: one compressed piece again and again. */
export function deliverGzipBomb(response: ServerResponse): void {
  const piece = gzipSync(Buffer.alloc(MEBIBYTE, 'a'))
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  response.end(Buffer.concat(Array.from({ length: 200 }, () => piece)))
}

/** A stream of events, although the request asked for none. */
export function deliverEvents(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { 'content-type': 'text/event-stream' })
  response.end(`data: ${JSON.stringify(reply.body)}\n\ndata: [DONE]\n\n`)
}

/** As JSON, with another content type. */
export function deliverAs(type: string): (response: ServerResponse, reply: Reply) => void {
  return (response, reply) =>
    deliverWhole(response, { ...reply, headers: { ...reply.headers, 'content-type': type } })
}

/** JSON after the empty lines with which a server keeps a slow connection open. */
export function deliverAfterEmptyLines(response: ServerResponse, reply: Reply): void {
  deliverWhole(response, { ...reply, body: `\n\n\n\n${JSON.stringify(reply.body)}` })
}

function writeHalf(response: ServerResponse, { status, body }: Reply, then?: () => void): void {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers)
  response.write(text.slice(0, text.length / 2), then)
}

/** Writes so many bytes, no faster than they are read; stops when the reader leaves. */
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
