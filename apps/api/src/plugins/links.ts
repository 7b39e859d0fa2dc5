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
 * Puts the prefix of the request before the links of each answer: in `Location`, `Link` and the links of JSON bodies.
 * Must be added after what stores answers, so that they are stored without it.
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
