import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { listeningPort } from '@capstan/shared/http/listening-port'
import type { z } from 'zod'
import type { CallRecord } from './call/call-record.ts'
import type { Hold } from './call/holds.ts'
import { changeLimits, newSimState } from './call/sim-state.ts'
import { FaultConfig } from './config/fault-config.ts'
import { LimitChange } from './config/limits-config.ts'
import { handleControl } from './control/handle-control.ts'
import { handleRequest } from './handle-request.ts'
import { complianceOf, type Compliance } from './log/compliance.ts'
import { metricsOf } from './log/sim-metrics.ts'
import { statsOf, type SimStats } from './log/sim-stats.ts'
import { SimConfig, type SimConfigInput } from './sim-config.ts'

export interface ProviderSim {
  /** Base URL; OpenAI clients need `/v1` appended. */
  url: string
  stats(): SimStats
  /** Every decision since the start or the last reset: the ground truth of a test or a benchmark. */
  calls(): CallRecord[]
  /** How well the limits were kept, from `calls()`. */
  compliance(): Compliance
  /** The same counts and the levels of all buckets, in the text format of Prometheus. */
  metrics(): Promise<string>
  /** What plays now. */
  config(): SimConfig
  /** Plays something else from now on; forgets counts and buckets. */
  configure(config: SimConfigInput): void
  /** Other limits from now on; buckets, counts and running calls stay. */
  changeLimits(change: Omit<z.input<typeof LimitChange>, 'atSeconds'>): void
  /** One more fault from now on. */
  addFault(fault: z.input<typeof FaultConfig>): void
  /** Calls that are not answered before the returned function is called. */
  hold(which: Hold): () => void
  close(): Promise<void>
}

/** Starts a model provider on loopback that speaks the Anthropic and OpenAI wire formats. */
export async function startProviderSim(
  config: SimConfigInput & { host?: string; port?: number },
): Promise<ProviderSim> {
  const { host = '127.0.0.1', port = 0, ...play } = config
  let state = newSimState(SimConfig.parse(play))
  const endLog = () => state.log.close(state.calls.filter(({ endedMs }) => endedMs === null))
  const controlled: Omit<ProviderSim, 'url' | 'close'> = {
    stats: () => statsOf(state),
    calls: () => [...state.calls],
    compliance: () => complianceOf(state.calls),
    metrics: () => metricsOf(state),
    config: () => state.config,
    configure: (next) => {
      const parsed = SimConfig.parse(next)
      endLog()
      state = newSimState(parsed)
    },
    changeLimits: (change) => changeLimits(state, LimitChange.parse(change)),
    hold: (which) => state.holds.add(which),
    addFault: (fault) => state.faults.add(FaultConfig.parse(fault)),
  }
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/_sim/')) void handleControl(controlled, request, response)
    else if (request.url === '/healthz') response.end('ok')
    else if (request.url === '/metrics') void sendMetrics(controlled, response)
    else void handleRequest(state, request, response)
  })
  // A thousand calls may arrive at once.
  server.listen({ host, port, backlog: 2048 })
  await once(server, 'listening')
  return {
    url: `http://${host}:${listeningPort(server)}`,
    ...controlled,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      endLog()
    },
  }
}

async function sendMetrics(
  { metrics }: Pick<ProviderSim, 'metrics'>,
  response: ServerResponse,
): Promise<void> {
  const text = await metrics()
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  response.end(text)
}
