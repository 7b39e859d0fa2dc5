import type { IncomingHttpHeaders } from 'node:http'
import type { LimitView } from './account-limits.ts'

/** A call in the terms of the simulator, whatever the wire format. */
export interface Asked {
  system: string
  user: string
  model: string
  maxTokens: number
}

export interface Said {
  text: string
  stop: 'end' | 'length' | 'refusal'
  inputTokens: number
  cachedTokens: number
  outputTokens: number
  model: string
  id: string
}

export type ErrorKind = 'auth' | 'rate' | 'overloaded' | 'server' | 'quota' | 'invalid'

/** One wire format: how a request is read and how answers, errors and headers look. */
export interface Wire {
  path: string
  /** Throws when the body breaks the format. */
  read(body: unknown): Asked
  answer(said: Said): unknown
  error(kind: ErrorKind, message: string): { status: number; body: unknown }
  headers(requestId: string, view: LimitView | undefined, nowMs: number): Record<string, string>
}

/** The key of a call: `Authorization: Bearer` or `x-api-key`; empty without one. */
export function keyOf(headers: IncomingHttpHeaders): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const apiKey = headers['x-api-key']
  return bearer ?? (typeof apiKey === 'string' ? apiKey : '')
}
