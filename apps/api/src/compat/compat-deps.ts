import type { Role } from '@capstan/shared/contract/login/role'
import type { ApiDeps } from '../deps.ts'
import type { SessionStore } from './scan/session-store.ts'

/** Dependencies of the operations. */
export interface CompatDeps extends ApiDeps {
  sessions: SessionStore
}

/** The caller of an operation. */
export interface Caller {
  by: string
  role: Role
  requestId: string
  /** Fires when the caller disconnects or the server closes. */
  signal: AbortSignal
}
