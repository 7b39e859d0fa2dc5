import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'

/** Answers 404, or 405 with `Allow` when the path exists for other methods. Must be installed before the routes. */
export function installNotFound(app: App): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: buildPattern(url), methods: new Set<string>() }
    for (const one of [method].flat()) known.methods.add(one)
    routes.set(url, known)
  })
  const reject = (request: FastifyRequest): never => {
    const path = request.url.split('?')[0] ?? ''
    const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path))
    const allowed = new Set(matching.flatMap(({ methods }) => [...methods]))
    // A route of this method did not find its file.
    const isKnown = allowed.size === 0 || allowed.has(request.method)
    throw isKnown ? notFoundError() : methodNotAllowedError(request.method, allowed)
  }
  app.setNotFoundHandler(reject)
  // Runs before the body is read, so that its faults are not reported.
  app.addHook('preParsing', async (request, _reply, payload) =>
    request.is404 ? reject(request) : payload,
  )
}

/** Builds a pattern in which parameters match one segment and wildcards match the rest. */
function buildPattern(url: string): RegExp {
  const escaped = url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
  const pattern = escaped.replaceAll(/:[^/]+/g, '[^/]+').replaceAll('*', '.*')
  return new RegExp(`^${pattern}$`)
}

function notFoundError(): AppError {
  return new AppError('NOT_FOUND', 'The path does not exist', {
    hint: '/openapi.json lists all paths, and /docs shows them.',
  })
}

function methodNotAllowedError(method: string, allowed: Set<string>): AppError {
  const allow = [...allowed].toSorted().join(', ')
  return new AppError('METHOD_NOT_ALLOWED', `${method} is not allowed on this path`, {
    hint: `Use one of: ${allow}.`,
    extra: { allow },
  })
}
