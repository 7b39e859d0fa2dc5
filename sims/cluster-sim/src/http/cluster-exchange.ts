import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClusterView } from '../cluster.ts'
import type { CrdStore } from '../crds/crd-store.ts'
import type { Faults } from '../faults.ts'
import type { AcceptEntry } from './parse-accept.ts'
import type { ClusterReply } from './cluster-reply.ts'

/** One request and everything that its handler may use. */
export interface ClusterExchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  accepted: AcceptEntry[]
  /** The served groups and documents at the time of the request. */
  view: ClusterView
  store: CrdStore
  /** Responses that currently stream events. */
  watches: Set<ServerResponse>
  faults: Faults
}

/** Handles a request. Returns undefined when it writes the response itself (a watch). */
export type RouteHandler = (exchange: ClusterExchange, parts: string[]) => ClusterReply | undefined
