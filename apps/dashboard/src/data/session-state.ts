import { signal } from '@preact/signals'
import type { LoginMethod, SessionView } from '@capstan/shared/contract/login/session'

export type SessionState =
  | { status: 'unknown' }
  | { status: 'signed-in'; session: SessionView }
  | { status: 'signed-out'; methods: readonly LoginMethod[] }

/** The person who uses the dashboard. `unknown` until the server has answered. */
export const sessionState = signal<SessionState>({ status: 'unknown' })

/**
 * The server no longer accepts the session. The page shows the login with the methods of the problem, and keeps its
 * place.
 */
export function endSession({ login }: { login?: readonly LoginMethod[] | undefined } = {}): void {
  sessionState.value = { status: 'signed-out', methods: login ?? readMethods() }
}

/** Methods that the server has named before. */
function readMethods(): readonly LoginMethod[] {
  const state = sessionState.peek()
  if (state.status === 'signed-out') return state.methods
  return state.status === 'signed-in' ? state.session.login : ['token']
}
