import type { IncomingHttpHeaders } from 'node:http'
import type { CacheablePrefix } from '../cache/prompt-cache.ts'
import type { BucketName } from '../limits/bucket-rules.ts'
import type { RateView } from './rate-view.ts'

/** A model request, independent of the wire format. */
export interface SimRequest {
  system: string
  user: string
  model: string
  /** Maximum output tokens; 0 for requests without output. */
  maxTokens: number
  stream: boolean
  /** The part of the prompt that the service may cache. */
  cacheable: CacheablePrefix | undefined
  /** Requested answer format. */
  schema: unknown
  /** For embeddings requests. */
  embed?: { texts: string[]; dimensions: number; base64: boolean }
  /** For chat streams: a final chunk with the usage. */
  wantsUsage?: boolean
}

export interface SimAnswer {
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

/**
 * `ramp`: the request rate rises too fast. `spend`, `contract-spend`, `user-spend`: the spend limit of the usage tier, the contract or
 * the user is reached.
 */
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

/** Details of an error besides its kind. */
export interface ErrorDetails {
  requestId: string
  message?: string | undefined
  model?: string | undefined
  /** The rejecting bucket. */
  bucket?: BucketName | undefined
  retryAfterMs?: number | undefined
}

export interface ErrorBody {
  status: number
  body: unknown
}

/** Common to all endpoints of one vendor. */
export interface Vendor {
  name: 'anthropic' | 'openai'
  /** Whether `max_tokens` is reserved in a combined token bucket at admission. */
  reservesMaxTokens: boolean
  error(kind: ErrorKind, details: ErrorDetails): ErrorBody
  /** Headers of every response. The limits in `rates` are already scaled to real time. */
  headers(requestId: string, rates: RateView[], nowMs: number): Record<string, string>
}

/** One server-sent event; without a name only its data is written. */
export interface StreamFrame {
  event?: string
  data: string
}

/** A streamed answer: opening events, text chunks, closing events. */
export interface StreamFrames {
  first: StreamFrame[]
  deltas: StreamFrame[]
  last: StreamFrame[]
  /** Replaces the rest when the service fails halfway. */
  failure: StreamFrame
}

/** One model endpoint: how requests are parsed and answers rendered. */
export interface WireFormat {
  path: string
  vendor: Vendor
  /** Throws for a body with an invalid format. */
  read(body: unknown): SimRequest
  answer(modelAnswer: SimAnswer, modelRequest: SimRequest): unknown
  /** Body of a failure with status 200; undefined: an error as gateways send it. */
  failure?(modelAnswer: SimAnswer): unknown
  /** Undefined: the endpoint does not stream. */
  frames?(modelAnswer: SimAnswer, modelRequest: SimRequest): StreamFrames
}

/** The key of a call: `Authorization: Bearer` or `x-api-key`; empty without one. */
export function readKey(headers: IncomingHttpHeaders): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const apiKey = headers['x-api-key']
  return bearer ?? (typeof apiKey === 'string' ? apiKey : '')
}

/** Splits text into stream chunks, at least one. */
export function splitText(text: string): string[] {
  return text.match(/[^]{1,48}/gu) ?? ['']
}
