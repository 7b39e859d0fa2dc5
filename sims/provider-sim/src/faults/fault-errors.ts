import type { FaultKind } from '../config/fault-config.ts'
import type { ErrorKind } from '../wires/wire.ts'

/** Faults that reject a call immediately, before it uses any bucket. */
const AT_THE_DOOR: Partial<Record<FaultKind, ErrorKind>> = {
  auth: 'auth',
  forbidden: 'forbidden',
  'rate-limited': 'rate',
  'ramp-limited': 'ramp',
  quota: 'quota',
  'spend-limit': 'spend',
  'contract-spend-limit': 'contract-spend',
  'user-spend-limit': 'user-spend',
  'unknown-model': 'not-found',
  'too-long': 'too-long',
  'too-large': 'too-large',
}

/** Faults that respond with an error after the call was admitted. */
const SERVED: Partial<Record<FaultKind, ErrorKind>> = {
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  'gateway-timeout': 'gateway-timeout',
  'server-error': 'server',
}

export function findImmediateError(fault: FaultKind | undefined): ErrorKind | undefined {
  return fault && AT_THE_DOOR[fault]
}

export function findLateError(fault: FaultKind | undefined): ErrorKind | undefined {
  return fault && SERVED[fault]
}
