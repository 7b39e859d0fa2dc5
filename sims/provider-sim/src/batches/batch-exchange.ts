import type { IncomingMessage } from 'node:http'
import type { SimState } from '../call/sim-state.ts'

/** A request to a batch or file endpoint whose key is let in. */
export interface BatchExchange {
  state: SimState
  account: string
  request: IncomingMessage
  url: URL
  /** Body as it came. */
  text: string
}

/** Names of the endpoints, as faults are matched by them. */
export type BatchAction =
  | 'create'
  | 'retrieve'
  | 'list'
  | 'results'
  | 'cancel'
  | 'upload'
  | 'content'

/** `json` is sent as JSON, `lines` as JSONL, `text` as it is; `missing`: there is no such thing. */
export type BatchReply = { json: unknown } | { lines: unknown[] } | { text: string } | 'missing'

export interface BatchEndpoint {
  action: BatchAction
  method: string
  /** Its group `id` names the batch or file. */
  path: RegExp
  /** Throws when the request is wrong. */
  reply(exchange: BatchExchange, id: string): Promise<BatchReply> | BatchReply
}
