import type { FastifyRequest } from 'fastify'
import { includesRole, SCOPE_BY_ROLE, type Role } from '@capstan/shared/contract/login/role'
import type { LoginMethod } from '@capstan/shared/contract/login/session'
import { AppError } from '@capstan/shared/errors'
import type { TokenEntry } from './tokens.ts'

/** The authenticated caller of a request. */
export interface Principal {
  /** `token:<name>`, `oidc:<name of the user>`, or `local` when the server needs no login. */
  name: string
  /** Differs between users of equal names. Equal to `name` for tokens. */
  id: string
  role: Role
  /** Present when a session cookie authenticated the request. */
  session?: { hash: string; method: LoginMethod; idleUntil: string; expiresAt: string }
}

/** The caller of a server without tokens and OIDC, which listens on loopback only. */
export const LOCAL_PRINCIPAL: Principal = { name: 'local', id: 'local', role: 'admin' }

export function createTokenPrincipal({ name, role }: TokenEntry): Principal {
  return { name: `token:${name}`, id: `token:${name}`, role }
}

/** Returns the caller of a route that needs a role. */
export function requirePrincipal({ principal }: Pick<FastifyRequest, 'principal'>): Principal {
  if (principal) return principal
  throw new Error('an open route has no principal')
}

/** Throws AppError FORBIDDEN when the role of the principal does not include `needed`. */
export function requireRole(principal: Pick<Principal, 'name' | 'role'>, needed: Role): void {
  if (includesRole(principal.role, needed)) return
  const scope = SCOPE_BY_ROLE[needed]
  throw new AppError('FORBIDDEN', `${principal.name} lacks the role ${needed}`, {
    hint: `Use a token with the scope \`${scope}\`, or log in as a user with the role ${needed}.`,
    extra: { requiredRole: needed, requiredScope: scope },
  })
}
