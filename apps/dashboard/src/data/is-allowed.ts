import { includesRole, type Role } from '@capstan/shared/contract/login/role'
import { sessionState } from './session-state.ts'

/** Returns whether the person may do what a role may. True until the server has answered, which decides in any case. */
export function isAllowed(role: Role): boolean {
  const state = sessionState.value
  return state.status !== 'signed-in' || includesRole(state.session.role, role)
}
