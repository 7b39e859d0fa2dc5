import type { IncomingMessage } from 'node:http'
import type { SimState } from '../call/sim-state.ts'

/** A request to a batch or file endpoint with an accepted key. */
export interface BatchExchange {
  state: SimState
  account: string
  request: IncomingMessage
  url: URL
  /** The raw body. */
  text: string
}

/** Names of the endpoints, to which faults refer. */
export type BatchAction =
  | 'create'
  | 'retrieve'
  | 'list'
  | 'results'
  | 'cancel'
  | 'upload'
  | 'content'

/** `json` is sent as JSON, `lines` as JSONL, `text` unchanged; `missing` means 404. */
export type SimBatchReply = { json: unknown } | { lines: unknown[] } | { text: string } | 'missing'

export interface BatchEndpoint {
  action: BatchAction
  method: string
  /** The named group `id` is the batch or file. */
  path: RegExp
  /** Throws for an invalid request. */
  reply(exchange: BatchExchange, id: string): Promise<SimBatchReply> | SimBatchReply
}
