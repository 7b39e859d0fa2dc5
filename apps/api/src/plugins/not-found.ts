import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

/** Answers 404, or 405 with `Allow` when the path exists under other methods. Must see every route being added. */
export function installNotFound(app: App): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
    for (const one of [method].flat()) known.methods.add(one)
    routes.set(url, known)
  })
  const refuse = (request: FastifyRequest): never => {
    const path = request.url.split('?')[0] ?? ''
    const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path))
    const allowed = new Set(matching.flatMap(({ methods }) => [...methods]))
    throw allowed.size > 0 ? notAllowed(request.method, allowed) : notFound()
  }
  app.setNotFoundHandler(refuse)
  // Before the body is read, whose faults are of no interest then.
  app.addHook('preParsing', async (request, _reply, payload) =>
    request.is404 ? refuse(request) : payload,
  )
}

/** Parameters and wildcards of a route path match one segment and the rest. */
function patternOf(url: string): RegExp {
  const escaped = url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
  const pattern = escaped.replaceAll(/:[^/]+/g, '[^/]+').replaceAll('*', '.*')
  return new RegExp(`^${pattern}$`)
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is nothing under this path', {
    hint: 'All paths are listed in /openapi.json and shown at /docs.',
  })
}

function notAllowed(method: string, allowed: Set<string>): AppError {
  const allow = [...allowed].toSorted().join(', ')
  return new AppError('METHOD_NOT_ALLOWED', `${method} is not possible here`, {
    hint: `Use one of: ${allow}.`,
    extra: { allow },
  })
}
