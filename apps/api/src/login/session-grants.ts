import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { includesRole, type Role } from '@capstan/shared/contract/login/role'
import type { TokenEntry } from '../access/tokens.ts'
import type { GroupRoles } from '../oidc/group-roles.ts'

/** The login that a session depends on, as it is stored. */
export const SessionOrigin = z.discriminatedUnion('type', [
  z.object({ type: z.literal('token'), token: z.string(), proof: z.string() }),
  z.object({ type: z.literal('oidc'), issuer: z.string(), groups: z.array(z.string()) }),
])
export type SessionOrigin = z.infer<typeof SessionOrigin>

/** Decides whether the settings of this process still grant the role of a session. */
export interface SessionGrants {
  /** Without `id` the token itself is not compared, only its name and role. */
  grants(origin: SessionOrigin, role: Role, id?: string): boolean
}

export interface GrantSettings {
  tokens: readonly TokenEntry[]
  oidc?: { issuer: string; roles: Pick<GroupRoles, 'findRole'> } | undefined
}

export function createSessionGrants({ tokens, oidc }: GrantSettings): SessionGrants {
  return {
    grants: (origin, role, id) => {
      if (origin.type === 'token') {
        const token = tokens.find(({ name }) => name === origin.token)
        if (!token || !includesRole(token.role, role)) return false
        return id === undefined || proveToken(id, token) === origin.proof
      }
      const granted =
        oidc?.issuer === origin.issuer ? oidc.roles.findRole(origin.groups) : undefined
      return granted !== undefined && includesRole(granted, role)
    },
  }
}

/**
 * Binds a session to the value of its token. Keyed by the session id, which only the browser has, so that a reader of
 * Redis cannot try tokens.
 */
export function proveToken(sessionId: string, { sha256 }: TokenEntry): string {
  return createHmac('sha256', sessionId).update(sha256).digest('hex')
}
