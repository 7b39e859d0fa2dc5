import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { handleCall, type CallRecord, type SimState } from './handle-call.ts'
import { newSimState } from './sim-state.ts'
import { SimConfig, type SimConfigInput } from './sim-config.ts'

export interface SimStats {
  calls: number
  succeeded: number
  rateLimited: number
  faults: number
  inFlight: number
  maxInFlight: number
}

export interface ProviderSim {
  /** Base URL; OpenAI clients need `/v1` appended. */
  url: string
  stats(): SimStats
  /** Every decision since the start or the last reset: the ground truth of a test or a benchmark. */
  calls(): CallRecord[]
  /** Plays something else from now on; forgets counts and buckets. */
  configure(config: SimConfigInput): void
  close(): Promise<void>
}

/** Starts a model provider on loopback that speaks the Anthropic and OpenAI wire formats. */
export async function startProviderSim(
  config: SimConfigInput & { host?: string; port?: number },
): Promise<ProviderSim> {
  const { host = '127.0.0.1', port = 0, ...play } = config
  let state = newSimState(SimConfig.parse(play))
  const configure = (next: SimConfigInput): void => {
    state = newSimState(SimConfig.parse(next))
  }
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/_sim/')) {
      void control(request, response, () => state, configure)
    } else {
      void handleCall(() => state, request, response)
    }
  })
  // A thousand calls may arrive at once.
  server.listen({ host, port, backlog: 2048 })
  await once(server, 'listening')
  const address = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://${host}:${address.port}`,
    stats: () => statsOf(state),
    calls: () => [...state.calls],
    configure,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function statsOf(state: SimState): SimStats {
  const ended = state.calls
  return {
    calls: ended.length,
    succeeded: ended.filter((call) => call.verdict === 'answered').length,
    rateLimited: ended.filter((call) => call.verdict === 'rate-limited').length,
    faults: ended.filter((call) => call.fault !== undefined).length,
    inFlight: state.inFlight,
    maxInFlight: state.maxInFlight,
  }
}

/** `/_sim/stats`, `/_sim/calls` and POST `/_sim/config`: for benchmarks that run in another process. */
async function control(
  request: IncomingMessage,
  response: ServerResponse,
  state: () => SimState,
  configure: (config: SimConfigInput) => void,
): Promise<void> {
  response.setHeader('content-type', 'application/json')
  if (request.url === '/_sim/stats') response.end(JSON.stringify(statsOf(state())))
  else if (request.url === '/_sim/calls') response.end(JSON.stringify(state().calls))
  else if (request.url === '/_sim/config' && request.method === 'POST') {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const parsed = SimConfig.safeParse(JSON.parse(text || '{}'))
    if (parsed.success) configure(parsed.data)
    response.writeHead(parsed.success ? 204 : 400)
    response.end(parsed.success ? undefined : JSON.stringify(parsed.error.issues))
  } else response.writeHead(404).end('{}')
}
