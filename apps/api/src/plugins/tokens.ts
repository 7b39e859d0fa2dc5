import { createHash, timingSafeEqual } from 'node:crypto'

export const SCOPES = ['read', 'scan', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** The authenticated caller. `name` is `token:<name>`, or `local` when the server needs no token. */
export interface Principal {
  name: string
  scopes: readonly Scope[]
}

/** Stored form of a token; the token itself is never stored. */
export interface TokenEntry {
  name: string
  scopes: readonly Scope[]
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
  if (named.every((match) => match === null))
    return [createEntry('default', ['admin'], text.trim())]
  const entries = named.map((match, index) => {
    if (!match) throw new Error(`entry ${index + 1} is not \`name:scope+scope:token\``)
    const [, name = '', scopes = '', token = ''] = match
    return createEntry(
      name,
      SCOPES.filter((scope) => scopes.toLowerCase().split('+').includes(scope)),
      token,
    )
  })
  if (new Set(entries.map(({ name }) => name)).size < entries.length) {
    throw new Error('two entries have the same name')
  }
  return entries
}

function createEntry(name: string, scopes: readonly Scope[], token: string): TokenEntry {
  if (token.length < MIN_LENGTH || /\s/.test(token)) {
    throw new Error(
      `the token of \`${name}\` must have at least ${MIN_LENGTH} characters, no spaces`,
    )
  }
  return { name, scopes, sha256: digest(token) }
}

/** Finds the holder of a token. Compares all entries, so that the duration reveals nothing. */
export function findPrincipal(entries: TokenEntry[], token: string): Principal | undefined {
  const presented = digest(token)
  let found: Principal | undefined
  for (const { name, scopes, sha256 } of entries) {
    if (timingSafeEqual(presented, sha256)) found = { name: `token:${name}`, scopes }
  }
  return found
}

/** Returns whether the principal has a scope: `admin` includes all scopes, `scan` includes `read`. */
export function hasScope({ scopes }: Principal, needed: Scope): boolean {
  if (scopes.includes('admin') || scopes.includes(needed)) return true
  return needed === 'read' && scopes.includes('scan')
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
