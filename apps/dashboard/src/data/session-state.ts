import { signal } from '@preact/signals'
import type { SessionView } from '@capstan/shared/contract/session-view'

export type SessionState =
  | { status: 'unknown' }
  | { status: 'signed-in'; session: SessionView }
  | { status: 'signed-out' }

/** The person who uses the dashboard. `unknown` until the server has answered. */
export const sessionState = signal<SessionState>({ status: 'unknown' })

/** The server no longer accepts the session. The page shows the login and keeps its place. */
export function endSession(): void {
  sessionState.value = { status: 'signed-out' }
}
