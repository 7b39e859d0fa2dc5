import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { App } from '../app-types.ts'

/** A caller's id goes into logs and headers, so it may only hold harmless characters. */
const ACCEPTED = /^[\w.-]{1,64}$/

/** The caller's X-Request-Id when it is a sane one, else a new id. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID()
}

/** Every answer names its request, and one log line a request says who did what. */
export function installRequestId(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    const changed = request.method !== 'GET' && request.method !== 'HEAD'
    request.log[changed ? 'info' : 'debug'](
      {
        method: request.method,
        // The pattern, not the URL: queries are people's own words.
        route: request.routeOptions.url ?? 'none',
        params: request.params,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        by: request.principal?.name,
      },
      'request answered',
    )
  })
}
