import type { SessionView } from '@capstan/shared/contract/session-view'
import { sessionState } from './session-state.ts'

type Role = SessionView['role']

/** Each role has the rights of the ones before it. */
const RANKS: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Returns whether the person may do what a role may. True until the server has answered, which decides in any case. */
export function isAllowed(role: Role): boolean {
  const state = sessionState.value
  return state.status !== 'signed-in' || RANKS[state.session.role] >= RANKS[role]
}
