import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { ownPort } from '../own-port.ts'

/** What a network or its machines do to connections. */
export interface FaultProxy {
  /** On the loopback; stays the same whatever happens. */
  port: number
  /** Connections that have been accepted so far. */
  accepted(): number
  /** Nothing passes in either direction until `heal`; then everything does, in its order. */
  stall(): void
  /** The connections of now lose all that is sent, for ever and without an end. New ones work. */
  halfOpen(): void
  /** The connections of now end with a reset. New ones work. */
  reset(): void
  /** The connections of now end with a reset, and nothing listens until `heal`. */
  refuse(): Promise<void>
  /** Each connection ends with a reset after so many more bytes from the server, in the middle of an answer. */
  cutAfter(bytes: number): void
  /** Each part of a stream arrives so much later, in its order. */
  delay(ms: number): void
  /** New connections go to another server; those of now stay where they are. */
  lead(targetPort: number): void
  /** Ends `stall`, `refuse`, `cutAfter` and `delay`. */
  heal(): Promise<void>
}

interface Link {
  client: Socket
  server: Socket
  isLost: boolean
}

/** Starts a TCP proxy before a server of the loopback. It ends with the test. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const port = await ownPort()
  const links = new Set<Link>()
  const state = { targetPort, isStalled: false, delayMs: 0, cutBytes: Infinity, accepted: 0 }
  let server = await listen()
  onTestFinished(async () => {
    server.close()
    resetAll()
  })

  async function listen(): Promise<Server> {
    const listening = createServer(link).listen(port, '127.0.0.1')
    await once(listening, 'listening')
    return listening
  }

  function link(client: Socket): void {
    state.accepted += 1
    const upstream = connect(state.targetPort, '127.0.0.1')
    const made: Link = { client, server: upstream, isLost: false }
    links.add(made)
    let sent = 0
    pass(made, client, upstream, () => true)
    pass(made, upstream, client, (chunk) => {
      sent += chunk.length
      if (sent <= state.cutBytes) return true
      client.write(chunk.subarray(0, Math.max(0, chunk.length - (sent - state.cutBytes))))
      end(made)
      return false
    })
    if (state.isStalled) hold(made)
  }

  function pass(made: Link, from: Socket, to: Socket, mayPass: (chunk: Buffer) => boolean): void {
    from.setNoDelay(true)
    from.on('data', (chunk) => {
      if (made.isLost) return
      const send = (): void => {
        if (!made.isLost && mayPass(chunk)) to.write(chunk)
      }
      if (state.delayMs > 0) setTimeout(send, state.delayMs)
      else send()
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      if (!made.isLost) end(made)
    })
  }

  function end(made: Link): void {
    links.delete(made)
    made.client.resetAndDestroy()
    made.server.resetAndDestroy()
  }

  function hold({ client, server: upstream }: Link): void {
    client.pause()
    upstream.pause()
  }

  function resetAll(): void {
    for (const made of links) end(made)
  }

  return {
    port,
    accepted: () => state.accepted,
    stall: () => {
      state.isStalled = true
      links.forEach(hold)
    },
    halfOpen: () => {
      for (const made of links) made.isLost = true
    },
    reset: resetAll,
    refuse: async () => {
      const closed = once(server, 'close')
      server.close()
      resetAll()
      await closed
    },
    cutAfter: (bytes) => (state.cutBytes = bytes),
    delay: (ms) => (state.delayMs = ms),
    lead: (port) => (state.targetPort = port),
    heal: async () => {
      Object.assign(state, { isStalled: false, delayMs: 0, cutBytes: Infinity })
      for (const { client, server: upstream } of links) {
        client.resume()
        upstream.resume()
      }
      if (!server.listening) server = await listen()
    },
  }
}
