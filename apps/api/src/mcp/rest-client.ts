import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from '@capstan/shared/contract/problem'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { App } from '../app-types.ts'

export interface RestRequest {
  method: 'GET' | 'POST'
  /** Path below /api/v1. */
  path: string
  query?: Record<string, string | number | boolean | undefined>
  body?: object
  headers?: Record<string, string | undefined>
}

export interface RestResponse {
  status: number
  etag: string | undefined
  text: string
}

/** Calls REST routes inside the process with the identity of one caller. */
export interface RestClient {
  /** Returns any response below status 400. Throws RestError for the others. */
  send(request: RestRequest): Promise<RestResponse>
  /** Returns the body of the response. Throws RestError for statuses from 400 on. */
  read<T extends z.ZodType>(schema: T, request: RestRequest): Promise<z.output<T>>
}

/** A response with a problem document. */
export class RestError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'RestError'
    this.problem = problem
  }
}

/** Headers that authenticate the caller, and those by which auth.ts recognizes pages of other sites. */
const IDENTITY = ['authorization', 'cookie', 'host', 'origin', 'sec-fetch-site'] as const

/** Returns a client with the identity of the caller of `request`. */
export function createRestClient(app: App, request: FastifyRequest): RestClient {
  const identity: Record<string, string> = { 'x-request-id': request.id }
  for (const name of IDENTITY) {
    const value = request.headers[name]
    if (value !== undefined) identity[name] = value
  }
  const send: RestClient['send'] = async ({ method, path, query, body, headers }) => {
    const { statusCode, payload, ...response } = await app.inject({
      method,
      url: `/api/v1${path}${formatQuery(query)}`,
      remoteAddress: request.ip,
      signal: request.signal,
      headers: { ...identity, ...omitUndefined(headers ?? {}) },
      ...(body === undefined ? {} : { payload: body }),
    })
    if (statusCode >= 400) throw new RestError(Problem.parse(JSON.parse(payload)))
    const { etag } = response.headers
    return {
      status: statusCode,
      etag: etag === undefined ? undefined : String(etag),
      text: payload,
    }
  }
  return {
    send,
    read: async (schema, one) => schema.parse(JSON.parse((await send(one)).text)),
  }
}

function formatQuery(query: RestRequest['query'] = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`
}
