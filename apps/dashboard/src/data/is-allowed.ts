import type { Role } from '@capstan/shared/contract/login/role'
import { sessionState } from './session-state.ts'

/** Each role has the rights of the ones before it. The contract has the same order, in a file that loads zod. */
const RANKS: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Returns whether the person may do what a role may. True until the server has answered, which decides in any case. */
export function isAllowed(role: Role): boolean {
  const state = sessionState.value
  return state.status !== 'signed-in' || RANKS[state.session.role] >= RANKS[role]
}
