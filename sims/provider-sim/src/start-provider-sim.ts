import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { listeningPort } from '@capstan/shared/http/listening-port'
import { changeLimits, createSimState } from './call/sim-state.ts'
import { FaultConfig } from './config/fault-config.ts'
import { LimitChange } from './config/limits-config.ts'
import { handleControl } from './control/handle-control.ts'
import { handleProviderRequest } from './handle-provider-request.ts'
import { measureCompliance } from './log/compliance.ts'
import { renderMetrics } from './log/sim-metrics.ts'
import { summarizeCalls } from './log/sim-stats.ts'
import { SimConfig, type SimConfigInput } from './sim-config.ts'
import type { ProviderSim } from './provider-sim.ts'

/** Starts a model provider on the loopback with the wire formats of Anthropic and OpenAI. */
export async function startProviderSim(
  config: SimConfigInput & { host?: string; port?: number },
): Promise<ProviderSim> {
  const { host = '127.0.0.1', port = 0, ...simConfig } = config
  let state = createSimState(SimConfig.parse(simConfig))
  const endLog = () => state.log.close(state.calls.filter(({ endedMs }) => endedMs === null))
  const controlled: Omit<ProviderSim, 'url' | 'close'> = {
    stats: () => summarizeCalls(state),
    calls: () => [...state.calls],
    compliance: () => measureCompliance(state.calls),
    metrics: () => renderMetrics(state),
    config: () => state.config,
    configure: (next) => {
      const parsed = SimConfig.parse(next)
      endLog()
      state = createSimState(parsed)
    },
    changeLimits: (change) => changeLimits(state, LimitChange.parse(change)),
    hold: (which) => state.holds.add(which),
    addFault: (fault) => state.faults.add(FaultConfig.parse(fault)),
  }
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/_sim/')) void handleControl(controlled, request, response)
    else if (request.url === '/healthz') response.end('ok')
    else if (request.url === '/metrics') void sendMetrics(controlled, response)
    else void handleProviderRequest(state, request, response)
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
