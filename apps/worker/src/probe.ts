import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listeningPort } from '@capstan/shared/http/listening-port'

export interface ProbeDeps {
  /** Whether the process consumes; false makes the platform restart it. */
  isAlive: () => Promise<boolean>
  readiness: () => Promise<Readiness>
  /** Prometheus text. */
  metrics: () => Promise<string>
}

export interface Readiness {
  /** Names of the failing checks: `draining`, `redis`. */
  waitsFor: string[]
  /** The failing checks as sentences. */
  notReady: string[]
  /** Warnings that do not affect readiness. */
  degraded: string[]
}

export interface Probe {
  url: string
  close(): Promise<void>
}

/** Serves /livez, /readyz and /metrics on an HTTP server of its own. */
export async function startProbe(
  deps: ProbeDeps,
  { host, port }: { host: string; port: number },
): Promise<Probe> {
  const server = createServer((request, response) => {
    answer(deps, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${listeningPort(server)}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  deps: ProbeDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  switch (request.url?.split('?')[0]) {
    case '/livez':
      return answerCheck(response, { waitsFor: (await deps.isAlive()) ? [] : ['consumption'] })
    case '/readyz':
      return answerCheck(response, await deps.readiness())
    case '/metrics':
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(await deps.metrics())
      return
    default:
      response.writeHead(404).end()
  }
}

function answerCheck(
  response: ServerResponse,
  check: Pick<Readiness, 'waitsFor'> & Partial<Readiness>,
): void {
  const isOk = check.waitsFor.length === 0
  response.writeHead(isOk ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify({ status: isOk ? 'ok' : 'failing', ...check }))
}
