import { createHash, timingSafeEqual } from 'node:crypto'
import {
  findHighestRole,
  ROLES,
  SCOPE_BY_ROLE,
  type Role,
} from '@capstan/shared/contract/login/role'

/** A token of CAPSTAN_TOKEN. The token itself is never stored. */
export interface TokenEntry {
  name: string
  role: Role
  sha256: Buffer
}

const MIN_LENGTH = 16
const ENTRY = /^([a-z0-9][a-z0-9_-]{0,39}):((?:read|scan|admin)(?:\+(?:read|scan|admin))*):(\S+)$/i

/**
 * Parses CAPSTAN_TOKEN: one token (scope admin, name `default`), or comma-separated
 * `name:scope+scope:token` entries. Throws an Error that never quotes a token.
 */
export function parseTokens(text: string): TokenEntry[] {
  const parts = text.split(',').map((part) => part.trim())
  const named = parts.map((part) => ENTRY.exec(part))
  if (named.every((match) => match === null)) return [createEntry('default', 'admin', text.trim())]
  const entries = named.map((match, index) => {
    if (!match) throw new Error(`entry ${index + 1} is not \`name:scope+scope:token\``)
    const [, name = '', scopes = '', token = ''] = match
    const given = scopes.toLowerCase().split('+')
    const role = findHighestRole(ROLES.filter((one) => given.includes(SCOPE_BY_ROLE[one])))
    return createEntry(name, role ?? 'viewer', token)
  })
  if (new Set(entries.map(({ name }) => name)).size < entries.length) {
    throw new Error('two entries have the same name')
  }
  return entries
}

function createEntry(name: string, role: Role, token: string): TokenEntry {
  if (token.length < MIN_LENGTH || /\s/.test(token)) {
    throw new Error(
      `the token of \`${name}\` must have at least ${MIN_LENGTH} characters, no spaces`,
    )
  }
  return { name, role, sha256: digest(token) }
}

/** Finds a token. Compares all entries, so that the duration reveals nothing. */
export function findToken(entries: readonly TokenEntry[], token: string): TokenEntry | undefined {
  const presented = digest(token)
  let found: TokenEntry | undefined
  for (const entry of entries) {
    if (timingSafeEqual(presented, entry.sha256)) found = entry
  }
  return found
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
