import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { App } from '../app-types.ts'

/** What is read of a body after its answer; a sender of more loses its connection. */
const MOST_DISCARDED_BYTES = 256 * 1024 * 1024

/**
 * Lets a client read an answer that was made before its body had arrived, such as a 413. A socket that is closed with
 * unread bytes resets the connection, and a client that is still sending then loses the answer. So the rest of the body
 * is read and discarded; where the answer ends the connection, only the sending half is closed until then. The request
 * timeout of the server bounds the wait. Also answers `Expect: 100-continue` only once a route wants the body.
 */
export function installUnreadBodies(app: App): void {
  const unread = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => closeAfterBody(socket, unread))
  // Before Fastify, which answers some requests at once.
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

/** Node ends a connection by `destroySoon`, which does not wait for bytes that are still to come. */
function closeAfterBody(socket: Socket, unread: ReadonlySet<Socket>): void {
  const destroySoon = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    if (unread.has(socket)) socket.end()
    else destroySoon()
  }
}

function discardRest(request: IncomingMessage, unread: Set<Socket>): void {
  const { socket } = request
  let left = MOST_DISCARDED_BYTES
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) socket.destroy()
  })
  const isRead = (): void => {
    unread.delete(socket)
    // The answer has ended the connection, and nothing is left to wait for.
    if (socket.writableEnded) socket.destroySoon()
  }
  unread.add(socket)
  request.once('end', isRead)
  socket.once('close', isRead)
  request.resume()
}

/**
 * A request that is refused before its body is read, as without a token, is not asked to send it. Its connection ends
 * with the answer: what follows on it may be the body or the next request.
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
