import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

export type JsonObject = Record<string, unknown>

/** Which of the two interfaces a request uses. */
export type Wire = 'openai' | 'anthropic'

export interface OddRequest {
  wire: Wire
  method: string
  /** Without the prefix that names the product, and without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: JsonObject
  /** As the caller named it. */
  model: string
  /** Number of this call among the calls of its model, from 1. */
  call: number
}

export interface Reply {
  status: number
  /** A text or a buffer is sent as it is, everything else as JSON. */
  body: unknown
  headers?: Record<string, string>
}

/** Something that a server does, by name. Several can be combined; each field is one point where it differs. */
export interface Behavior {
  /** Public place that shows the behavior and its words. */
  source: string
  /** A fault in place of an answer. */
  fault?: (request: OddRequest) => Reply
  /** Refuses a request that the server does not take; undefined when it takes it. */
  refuse?: (request: OddRequest) => Reply | undefined
  /** Changes the text that the model writes. */
  write?: (text: string) => string
  /** Changes the body of a good answer; `text` is what the model wrote. */
  shape?: (body: JsonObject, text: string) => unknown
  /** Sends the reply in another way than as one JSON body. */
  deliver?: (response: ServerResponse, reply: Reply) => void
}

export interface Product {
  wire: Wire
  /** Path of the API below the server, such as `/v1`. */
  base: string
  /** Further paths of chat completions. */
  otherPath?: RegExp
  /** What a path gets that the product does not have. */
  unknownPath: (method: string, path: string) => Reply
  /** The product's own validation of a request. */
  refuse?: (request: OddRequest) => Reply | undefined
  /** What the product adds to each good answer. */
  shape?: (body: JsonObject, text: string) => JsonObject
  /** By name, beside those that every product has. */
  behaviors: Record<string, Behavior>
}
