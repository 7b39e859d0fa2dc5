import type { App } from '../app-types.ts'

const HEADER = 'x-dot-ai-authorization'

/**
 * Behind the proxy of a Kubernetes API server, which takes Authorization for itself, clients of dot-ai send their
 * token under another name. Before auth.
 */
export function acceptProxiedTokens(app: App): void {
  app.addHook('onRequest', async ({ headers, url }) => {
    const token = headers[HEADER]
    if (typeof token === 'string' && url.startsWith('/api/v1/tools')) {
      headers.authorization = token
    }
  })
}
