import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LabelledDefinition } from '../answers/parse-shared-definitions.ts'
import type { FaultConfig } from '../config/fault-config.ts'
import type { LimitVerdict } from '../limits/account-limits.ts'
import type { SimRequest, WireFormat } from '../wires/wire.ts'
import type { CallRecord } from './call-record.ts'
import type { SimState } from './sim-state.ts'

/** A connection to one endpoint. */
export interface CallConnection {
  state: SimState
  wire: WireFormat
  request: IncomingMessage
  response: ServerResponse
  requestId: string
}

/** One parsed call on its way through the simulator. */
export interface CallExchange extends CallConnection {
  modelRequest: SimRequest
  /** All definitions, when the call is about several types. */
  definition: string
  /** Each definition of a multi-type prompt; empty for a single type. */
  labelled: LabelledDefinition[]
  call: CallRecord
  fault: FaultConfig | undefined
  /** Key of the prompt-cache entry of its prefix. */
  cacheEntry: string
  /** Aborted when the answer was sent or the client disconnected. */
  closed: AbortSignal
  /** Undefined until its limits were checked. */
  verdict: LimitVerdict | undefined
  /** Whether its output was debited. */
  isSettled: boolean
}
