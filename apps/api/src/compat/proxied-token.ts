import type { App } from '../app-types.ts'

const HEADER = 'x-dot-ai-authorization'

/**
 * Reads the token from another header. Clients of dot-ai use it behind the proxy of a Kubernetes API server, which
 * consumes Authorization. Must be installed before auth.ts.
 */
export function acceptProxiedTokens(app: App): void {
  app.addHook('onRequest', async ({ headers, url }) => {
    const token = headers[HEADER]
    if (typeof token === 'string' && url.startsWith('/api/v1/tools')) {
      headers.authorization = token
    }
  })
}
