import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Labelled } from '@capstan/demo-rules/packed-definitions'
import type { FaultConfig } from '../config/fault-config.ts'
import type { Verdict } from '../limits/account-limits.ts'
import type { Asked, Wire } from '../wires/wire.ts'
import type { CallRecord } from './call-record.ts'
import type { SimState } from './sim-state.ts'

/** A connection that asks one endpoint something. */
export interface Incoming {
  state: SimState
  wire: Wire
  request: IncomingMessage
  response: ServerResponse
  requestId: string
}

/** One understood call on its way through the simulator. */
export interface Exchange extends Incoming {
  asked: Asked
  /** All of them, when the call is about several types. */
  definition: string
  /** Of a call about several types: each of them. Empty for one. */
  packed: Labelled[]
  call: CallRecord
  fault: FaultConfig | undefined
  /** Name of the prompt-cache entry of its prefix. */
  cacheEntry: string
  /** Fires when the answer was sent or the client has left. */
  over: AbortSignal
  /** Unset until its limits were looked at. */
  verdict: Verdict | undefined
  /** Whether its output was debited. */
  isSettled: boolean
}
