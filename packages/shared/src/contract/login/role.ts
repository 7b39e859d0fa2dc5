import { z } from 'zod'

/** Roles of callers. Each role includes the roles before it. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
export const Role = z.enum(ROLES)
export type Role = z.infer<typeof Role>

/** Scopes of tokens, which are the names of the roles in CAPSTAN_TOKEN and in problems. */
export const SCOPES = ['read', 'scan', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** The scope of a token that grants each role. */
export const SCOPE_BY_ROLE: Readonly<Record<Role, Scope>> = {
  viewer: 'read',
  operator: 'scan',
  admin: 'admin',
}

/** Returns whether `role` includes `needed`. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** Returns the role that includes all others in the list; undefined for an empty list. */
export function findHighestRole(roles: readonly Role[]): Role | undefined {
  return ROLES.findLast((role) => roles.includes(role))
}
