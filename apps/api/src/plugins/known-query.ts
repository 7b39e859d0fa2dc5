import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../app-types.ts'
import {
  describeUnknown,
  invalidRequest,
  knownKeys,
  type RequestFault,
} from '../validation/request-fault.ts'
import { jsonPointer } from '../validation/json-pointer.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Query parameters of any name that begins with this are known, such as `label.`. */
    openQuery?: string
  }
}

/**
 * Refuses query parameters that a route does not have, and parameters that are given more than once: a misspelt
 * filter would answer more than was asked for. Holds for routes that are added to `api` after it. AppError VALIDATION.
 */
export function refuseUnknownQuery(api: App): void {
  api.addHook('preValidation', async (request) => {
    const faults = Object.entries(request.query as Record<string, unknown>).flatMap(
      ([name, value]) => describeParameter(request, name, value),
    )
    if (faults.length > 0) throw invalidRequest('query', faults)
  })
}

function describeParameter(
  { routeOptions: { schema, config } }: FastifyRequest,
  name: string,
  value: unknown,
): RequestFault[] {
  const pointer = jsonPointer([name])
  const { openQuery } = config
  const keys = schema?.querystring instanceof z.ZodType ? knownKeys(schema.querystring) : []
  const known = openQuery === undefined ? keys : [...keys, `${openQuery}<name>`]
  const isOpen = openQuery !== undefined && name.startsWith(openQuery) && name !== openQuery
  if (!isOpen && !keys.includes(name)) {
    return [{ pointer, detail: describeUnknown('query parameter of this route', name, known) }]
  }
  return Array.isArray(value) ? [{ pointer, detail: 'is given more than once' }] : []
}
