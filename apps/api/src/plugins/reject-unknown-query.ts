import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../app-types.ts'
import {
  describeUnknown,
  invalidRequest,
  knownKeys,
  MOST_FAULTS,
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
    const names = readNames(request)
    const faulty = Object.entries(request.query as Record<string, unknown>).filter(
      ([name, value]) => !isKnown(names, name) || Array.isArray(value),
    )
    if (faulty.length === 0) return
    const faults = faulty.slice(0, MOST_FAULTS).map(([name]) => describeParameter(names, name))
    throw invalidRequest('query', faults)
  })
}

interface ParameterNames {
  keys: string[]
  openQuery: string | undefined
}

function readNames({ routeOptions: { schema, config } }: FastifyRequest): ParameterNames {
  const keys = schema?.querystring instanceof z.ZodType ? knownKeys(schema.querystring) : []
  return { keys, openQuery: config.openQuery }
}

function isKnown({ keys, openQuery }: ParameterNames, name: string): boolean {
  const isOpen = openQuery !== undefined && name.startsWith(openQuery) && name !== openQuery
  return isOpen || keys.includes(name)
}

function describeParameter(names: ParameterNames, name: string): RequestFault {
  const pointer = jsonPointer([name])
  if (isKnown(names, name)) return { pointer, detail: 'is given more than once' }
  const { keys, openQuery } = names
  const known = openQuery === undefined ? keys : [...keys, `${openQuery}<name>`]
  return { pointer, detail: describeUnknown('query parameter of this route', name, known) }
}
