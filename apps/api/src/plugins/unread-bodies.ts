import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { App } from '../app-types.ts'

/** Maximum number of bytes that are discarded after the response; then the connection is closed. */
const MAX_DISCARDED_BYTES = 256 * 1024 * 1024

/**
 * Lets a client read a response that was sent before its body arrived, such as a 413. Closing a socket with unread
 * bytes resets the connection, and a client that is still sending loses the response. Therefore the rest of the body is
 * read and discarded, and a closing connection is only half-closed until then. The request timeout bounds the wait.
 * Also answers `Expect: 100-continue` only when a route reads the body.
 */
export function installUnreadBodies(app: App): void {
  const unread = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => closeAfterBody(socket, unread))
  // Must run before Fastify, which answers some requests synchronously.
  app.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    response.once('prefinish', () => {
      if (!request.complete) discardRest(request, unread)
    })
  })
  app.addHook('preClose', async () => {
    for (const socket of unread) socket.destroy()
  })
  continueOnDemand(app)
}

/** Node closes a connection with `destroySoon`, which does not wait for incoming bytes. */
function closeAfterBody(socket: Socket, unread: ReadonlySet<Socket>): void {
  const destroySoon = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    if (unread.has(socket)) socket.end()
    else destroySoon()
  }
}

function discardRest(request: IncomingMessage, unread: Set<Socket>): void {
  const { socket } = request
  let left = MAX_DISCARDED_BYTES
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) socket.destroy()
  })
  const isRead = (): void => {
    // A connection may carry thousands of requests.
    socket.off('close', isRead)
    unread.delete(socket)
    // The response has closed the connection, and no bytes are left to read.
    if (socket.writableEnded) socket.destroySoon()
  }
  unread.add(socket)
  request.once('end', isRead)
  socket.once('close', isRead)
  request.resume()
}

/**
 * A request that is rejected before its body is read, for example without a token, gets no `100 Continue`. Its
 * connection closes with the response, because the next bytes may be the body or another request.
 */
function continueOnDemand(app: App): void {
  const waiting = new WeakMap<IncomingMessage, { keepAlive: boolean }>()
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, { keepAlive: response.shouldKeepAlive })
    response.shouldKeepAlive = false
    app.server.emit('request', request, response)
  })
  // An unknown expectation may be ignored (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    app.server.emit('request', request, response)
  })
  app.addHook('preParsing', async (request, reply, payload) => {
    const expected = waiting.get(request.raw)
    const isTooLarge =
      Number(request.headers['content-length']) > (request.routeOptions.bodyLimit ?? Infinity)
    if (expected && !isTooLarge) {
      reply.raw.writeContinue()
      reply.raw.shouldKeepAlive = expected.keepAlive
    }
    return payload
  })
}
