import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { compatRoutes } from './compat-routes.ts'
import { compatProbeRoute } from './probe-route.ts'

/** Lets clients of dot-ai be pointed here; docs/migrating-from-dot-ai.md says what they find. */
export async function installCompat(app: App, deps: ApiDeps, closing: AbortSignal): Promise<void> {
  compatProbeRoute(app)
  await app.register(async (api: App) => compatRoutes(api, deps, closing), { prefix: '/api/v1' })
}
