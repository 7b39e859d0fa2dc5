import { z } from 'zod'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { addCompatRoutes } from './compat-routes.ts'

/** Installs the interface of dot-ai for its existing clients: docs/migrating-from-dot-ai.md. */
export async function installCompat(app: App, deps: ApiDeps, closing: AbortSignal): Promise<void> {
  addCompatProbeRoute(app)
  await app.register(async (api: App) => addCompatRoutes(api, deps, closing), { prefix: '/api/v1' })
}

/** Adds the path of both probes in the deployment of dot-ai. Equivalent to /livez. */
function addCompatProbeRoute(app: App): void {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'getHealth',
        tags: ['compatibility'],
        summary: 'Liveness: the event loop responds',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  )
}
