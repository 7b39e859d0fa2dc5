import type { App } from '../app-types.ts'
import type { FindPrefix } from '../links/find-prefix.ts'
import { prefixHeader, prefixLinks } from '../links/prefix-links.ts'

declare module 'fastify' {
  interface FastifyInstance {
    findPrefix: FindPrefix
  }
}

const LINK_HEADERS = ['location', 'link'] as const

/**
 * Adds the path prefix of the request to the links of each response: in `Location`, `Link` and JSON bodies. Must be
 * installed after the plugins that store responses, so that stored responses have no prefix.
 */
export function installLinks(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const prefix = app.findPrefix(request.raw)
    if (prefix === '') return payload
    for (const name of LINK_HEADERS) {
      const value = reply.getHeader(name)
      if (typeof value === 'string') void reply.header(name, prefixHeader(value, prefix))
    }
    const isJson = String(reply.getHeader('content-type')).startsWith('application/json')
    return isJson && typeof payload === 'string' ? prefixLinks(payload, prefix) : payload
  })
}
