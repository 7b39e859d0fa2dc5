import type { IncomingHttpHeaders } from 'node:http'
import type { Cacheable } from '../cache/prompt-cache.ts'
import type { BucketName } from '../limits/bucket-rules.ts'
import type { RateView } from './rate-view.ts'

/** A call in the terms of the simulator, whatever the wire format. */
export interface Asked {
  system: string
  user: string
  model: string
  /** The most the answer may have; 0 for what produces none. */
  maxTokens: number
  stream: boolean
  /** What the service may keep of the prompt. */
  cacheable: Cacheable | undefined
  /** The format of the answer that was asked for. */
  schema: unknown
  /** Of an embeddings call. */
  embed?: { texts: string[]; dimensions: number; base64: boolean }
  /** Of a chat stream: a last chunk with the usage. */
  wantsUsage?: boolean
}

export interface Said {
  text: string
  stop: 'end' | 'length' | 'refusal'
  /** Neither read from the prompt cache nor written to it. */
  inputTokens: number
  cacheWriteTokens: number
  cachedTokens: number
  outputTokens: number
  model: string
  id: string
}

export type ErrorKind =
  | 'auth'
  | 'forbidden'
  | 'rate'
  | 'ramp'
  | 'concurrency'
  | 'quota'
  | 'spend'
  | 'contract-spend'
  | 'user-spend'
  | 'invalid'
  | 'not-found'
  | 'too-long'
  | 'too-large'
  | 'overloaded'
  | 'unavailable'
  | 'gateway-timeout'
  | 'server'

/** What an error has to say beyond its kind. */
export interface ErrorFacts {
  requestId: string
  message?: string | undefined
  model?: string | undefined
  /** The bucket that refused. */
  bucket?: BucketName | undefined
  retryAfterMs?: number | undefined
}

export interface ErrorBody {
  status: number
  body: unknown
}

/** What all endpoints of one vendor share. */
export interface Vendor {
  name: 'anthropic' | 'openai'
  /** Whether `max_tokens` is taken from a combined token bucket at the door. */
  reservesMaxTokens: boolean
  error(kind: ErrorKind, facts: ErrorFacts): ErrorBody
  /** Headers of every answer; limits already scaled to real time. */
  headers(requestId: string, view: RateView[], nowMs: number): Record<string, string>
}

/** One server-sent event; without a name only its data is written. */
export interface Frame {
  event?: string
  data: string
}

/** An answer as a stream: what opens it, its text bit by bit, what ends it. */
export interface Frames {
  first: Frame[]
  deltas: Frame[]
  last: Frame[]
  /** In place of the rest, when the service fails in the middle. */
  failure: Frame
}

/** One endpoint that asks a model: how a request is read and how answers look. */
export interface Wire {
  path: string
  vendor: Vendor
  /** Throws when the body breaks the format. */
  read(body: unknown): Asked
  answer(said: Said, asked: Asked): unknown
  /** Body of a failure under status 200; undefined: an error as gateways send it. */
  failure?(said: Said): unknown
  /** Undefined: the endpoint does not stream. */
  frames?(said: Said, asked: Asked): Frames
}

/** The key of a call: `Authorization: Bearer` or `x-api-key`; empty without one. */
export function keyOf(headers: IncomingHttpHeaders): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const apiKey = headers['x-api-key']
  return bearer ?? (typeof apiKey === 'string' ? apiKey : '')
}

/** A text in so many bits as a stream would bring, at least one. */
export function bitsOf(text: string): string[] {
  return text.match(/[^]{1,48}/gu) ?? ['']
}
