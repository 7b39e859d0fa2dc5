import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isRecord } from '@capstan/shared/json/is-record'
import type { App } from '../app-types.ts'
import {
  describeUnknown,
  invalidRequestError,
  listKeys,
  MAX_FAULTS,
  type RequestFault,
} from '../validation/request-fault.ts'
import { jsonPointer } from '../validation/json-pointer.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Prefix of accepted query parameters with arbitrary names, such as `label.`. */
    openQuery?: string
  }
}

/**
 * Rejects unknown and repeated query parameters: a misspelled filter would return too much. Applies to routes that are
 * added to `api` afterwards. AppError VALIDATION.
 */
export function rejectUnknownQuery(api: App): void {
  api.addHook('preValidation', async (request) => {
    const names = readNames(request)
    const invalid = Object.entries(isRecord(request.query) ? request.query : {}).filter(
      ([name, value]) => !isKnown(names, name) || Array.isArray(value),
    )
    if (invalid.length === 0) return
    const faults = invalid.slice(0, MAX_FAULTS).map(([name]) => describeParameter(names, name))
    throw invalidRequestError('query', faults)
  })
}

interface ParameterNames {
  keys: string[]
  openQuery: string | undefined
}

function readNames({ routeOptions: { schema, config } }: FastifyRequest): ParameterNames {
  const keys = schema?.querystring instanceof z.ZodType ? listKeys(schema.querystring) : []
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
