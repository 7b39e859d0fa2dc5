import { z } from 'zod'

/** Roles of people and programs, each with all rights of the ones before it. */
export const ROLES = ['viewer', 'operator', 'admin'] as const

/** Answer of GET /session: who asks, and until when. */
export const SessionView = z.object({
  /** `token:<name>`, the subject of the OIDC login, or `local` when the server needs no login. */
  name: z.string(),
  role: z.enum(ROLES),
  /** How the caller is known: `local` needs no login. */
  method: z.enum(['local', 'token', 'oidc', 'bearer']),
  /** End of the session without activity, and in any case. Null without a session. */
  idleUntil: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
})
export type SessionView = z.infer<typeof SessionView>
