import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { isRecord } from '@capstan/shared/json/is-record'

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>

const REQUEST_HEADERS = {
  'X-Request-Id': {
    type: 'string',
    pattern: String.raw`^[\w.-]{1,64}$`,
    description: 'Id of the request in logs and in the response. Any other value is replaced.',
  },
  'Idempotency-Key': {
    type: 'string',
    pattern: String.raw`^[\x21-\x7e]{1,255}$`,
    description: 'Repeating a request with its key and its body within 24 h returns its response.',
  },
  Prefer: {
    type: 'string',
    description: '`wait=<seconds>`, at most 50: the longest time until the response is sent.',
  },
  'If-None-Match': {
    type: 'string',
    description: 'ETag of an earlier response. The response is 304 if it is still valid.',
  },
  'Last-Event-ID': {
    type: 'string',
    description: 'Id of the last received event. The stream continues after it.',
  },
} as const

type RequestHeader = keyof typeof REQUEST_HEADERS

/** Headers that change the response of an operation, by operationId. */
const HEADERS_OF_OPERATIONS: Readonly<Record<string, readonly RequestHeader[]>> = {
  startScan: ['Idempotency-Key', 'Prefer'],
  getScan: ['Prefer', 'If-None-Match'],
  getCapability: ['If-None-Match'],
  streamEvents: ['Last-Event-ID'],
  streamScanEvents: ['Last-Event-ID'],
}

/**
 * Adds the request headers of each operation to its documented schema. They are no part of the schema of the route,
 * because an invalid X-Request-Id is replaced and not refused.
 */
export function documentHeaders(transform: Transform): Transform {
  return (route) => {
    const documented = transform(route)
    const { schema } = documented
    if (!isRecord(schema) || schema['hide'] === true) return documented
    const own = HEADERS_OF_OPERATIONS[String(schema['operationId'])] ?? []
    const names: RequestHeader[] = ['X-Request-Id', ...own]
    const properties = Object.fromEntries(names.map((name) => [name, REQUEST_HEADERS[name]]))
    return { ...documented, schema: { ...schema, headers: { type: 'object', properties } } }
  }
}
