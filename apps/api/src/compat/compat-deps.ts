import type { ApiDeps } from '../deps.ts'
import type { SessionStore } from './scan/session-store.ts'

/** What the operations work with. */
export interface CompatDeps extends ApiDeps {
  sessions: SessionStore
}

/** Who asks, and until when anybody waits for the answer. */
export interface Caller {
  by: string
  /** Fires when the caller is gone or the server closes. */
  signal: AbortSignal
}
