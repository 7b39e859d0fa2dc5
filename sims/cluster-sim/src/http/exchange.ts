import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClusterView } from '../cluster.ts'
import type { CrdStore } from '../crds/crd-store.ts'
import type { Faults } from '../faults.ts'
import type { Accepted } from './accepts.ts'
import type { Reply } from './reply.ts'

/** One request and all that answering it may look at. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  accepted: Accepted[]
  view: ClusterView
  store: CrdStore
  /** Responses that stream events now. */
  watches: Set<ServerResponse>
  faults: Faults
}

/** Answers a request; undefined when it writes the response itself (a watch). */
export type Answer = (exchange: Exchange, parts: string[]) => Reply | undefined
