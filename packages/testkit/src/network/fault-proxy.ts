import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from '../on-test-finished.ts'
import { ownPort } from '../own-port.ts'

/** Network faults of connections. */
export interface FaultProxy {
  /** Port on the loopback; constant. */
  port: number
  /** Number of accepted connections so far. */
  accepted(): number
  /** Blocks both directions until `heal`, then delivers everything in order. */
  stall(): void
  /** Current connections silently lose all data, without being closed. New ones work. */
  halfOpen(): void
  /** Resets the current connections. New ones work. */
  reset(): void
  /** Resets the current connections, and listens again only after `heal`. */
  refuse(): Promise<void>
  /** Resets each connection after this many more bytes from the server, in the middle of a response. */
  cutAfter(bytes: number): void
  /** Delays each chunk by this time, in order. */
  delay(ms: number): void
  /** Directs new connections to another server. Current ones are kept. */
  lead(targetPort: number): void
  /** Ends `stall`, `refuse`, `cutAfter` and `delay`. */
  heal(): Promise<void>
}

interface Link {
  client: Socket
  server: Socket
  isLost: boolean
}

/** Starts a TCP proxy in front of a server on the loopback. It is closed with the test. */
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
