import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Role } from '@capstan/shared/contract/login/role'
import { SessionOrigin } from './session-grants.ts'

/** A session as Redis holds it, under the SHA-256 of its id. */
export const StoredSession = z.object({
  name: z.string(),
  principalId: z.string(),
  role: Role,
  origin: SessionOrigin,
  createdAt: z.iso.datetime(),
  /** Absolute end. The key expires earlier without requests. */
  expiresAt: z.iso.datetime(),
})
export type StoredSession = z.infer<typeof StoredSession>

const ID = /^[\w-]{43}$/

/** Creates a random id of 256 bits. */
export function createSessionId(): string {
  return randomBytes(32).toString('base64url')
}

/** Returns the hash under which a session is stored; undefined for text that is no session id. */
export function hashSessionId(id: string): string | undefined {
  return ID.test(id) ? createHash('sha256').update(id).digest('hex') : undefined
}

export function parseStoredSession(text: string | null): StoredSession | undefined {
  if (text === null) return undefined
  try {
    return StoredSession.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
