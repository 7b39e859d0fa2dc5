import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { App } from '../app-types.ts'

/** The id of a caller is written to logs and headers, so it may only contain harmless characters. */
const ACCEPTED = /^[\w.-]{1,64}$/

/** Returns the X-Request-Id of the caller if it is valid, else a new id. */
export function chooseRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID()
}

/** Sets X-Request-Id on every response and logs one line for each request. */
export function installRequestId(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    const changed = request.method !== 'GET' && request.method !== 'HEAD'
    request.log[changed ? 'info' : 'debug'](
      {
        method: request.method,
        // Logs the route pattern instead of the URL, whose query may hold private text.
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
