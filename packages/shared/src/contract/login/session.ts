import { z } from 'zod'
import { Role } from './role.ts'

/** How a person logs in: with a token of CAPSTAN_TOKEN, or at the OpenID Connect issuer. */
const LOGIN_METHODS = ['token', 'oidc'] as const
export const LoginMethod = z.enum(LOGIN_METHODS)
export type LoginMethod = z.infer<typeof LoginMethod>

/** Body of POST /session. */
export const LoginRequest = z.strictObject({
  token: z.string().min(1).max(1_000).describe('A token of CAPSTAN_TOKEN.'),
})
export type LoginRequest = z.infer<typeof LoginRequest>

/** The caller, as GET /session returns it. */
export const SessionView = z.object({
  name: z.string().describe('`token:<name>`, `oidc:<name>`, or `local` when no login is needed.'),
  role: Role,
  method: z
    .enum(['local', 'bearer', 'token', 'oidc'])
    .describe(
      'How the caller is known: by a token in the header, or by a session of a token or an issuer. `local` needs no login.',
    ),
  idleUntil: z.iso
    .datetime()
    .nullable()
    .describe('End of the session without another request. Null without a session.'),
  expiresAt: z.iso.datetime().nullable().describe('End of the session in any case.'),
  login: z.array(LoginMethod).describe('How to log in; empty when the server needs no login.'),
})
export type SessionView = z.infer<typeof SessionView>

/** A caller with sessions. */
export const SessionCaller = z.object({
  id: z.string().describe('For DELETE /sessions/{id}.'),
  name: z.string(),
  role: Role.describe('Role of the newest session.'),
  method: LoginMethod,
  sessions: z.int(),
  newestAt: z.iso.datetime().describe('Login of the newest session.'),
})
export type SessionCaller = z.infer<typeof SessionCaller>

/** Why a session ended, as `session.ended` of an event stream reports it. */
const SESSION_END_REASONS = ['logged-out', 'replaced', 'revoked', 'expired'] as const
export const SessionEndReason = z.enum(SESSION_END_REASONS)
export type SessionEndReason = z.infer<typeof SessionEndReason>
