import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

export type JsonObject = Record<string, unknown>

/** API format of a request. */
export type OddWire = 'openai' | 'anthropic'

export interface OddRequest {
  wire: OddWire
  method: string
  /** Path without the prefix of the product and without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: JsonObject
  /** Model name as sent by the caller. */
  model: string
  /** Number of this call among the calls of its model, from 1. */
  call: number
}

export interface OddReply {
  status: number
  /** Strings and buffers are sent unchanged, anything else as JSON. */
  body: unknown
  headers?: Record<string, string>
}

/** One deviation of a server, by name. Several can be combined; each field is one point of deviation. */
export interface Behavior {
  /** Public source of the behavior and its messages. */
  source: string
  /** Replies with a fault instead of an answer. */
  fault?: (request: OddRequest) => OddReply
  /** Returns the refusal of an unsupported request; undefined for a supported one. */
  refuse?: (request: OddRequest) => OddReply | undefined
  /** Changes the text that the model writes. */
  write?: (text: string) => string
  /** Changes the body of a good answer; `text` is the text of the model. */
  shape?: (body: JsonObject, text: string) => unknown
  /** Sends the reply in another way than as one JSON body. */
  deliver?: (response: ServerResponse, reply: OddReply) => void
}

export interface Product {
  wire: OddWire
  /** Path of the API below the server, such as `/v1`. */
  base: string
  /** Additional paths of chat completions. */
  otherPath?: RegExp
  /** Response to an unknown path. */
  unknownPath: (method: string, path: string) => OddReply
  /** Validates a request like the product. Returns the refusal of an invalid one. */
  refuse?: (request: OddRequest) => OddReply | undefined
  /** Members that the product adds to each good answer. */
  shape?: (body: JsonObject, text: string) => JsonObject
  /** Behaviors by name, besides the common ones. */
  behaviors: Record<string, Behavior>
}
