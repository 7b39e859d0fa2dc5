import type { Role } from '@capstan/shared/contract/login/role'
import type { SessionCaller, SessionEndReason } from '@capstan/shared/contract/login/session'
import type { Principal } from '../access/principal.ts'
import type { TokenEntry } from '../access/tokens.ts'
import { proveToken, type SessionGrants } from './session-grants.ts'
import { openSessionWatch, type SessionWatch, type SessionWatchDeps } from './session-watch.ts'
import {
  createSessionId,
  hashSessionId,
  parseStoredSession,
  type StoredSession,
} from './stored-session.ts'

/** The person that a new session belongs to. */
export interface SessionOwner {
  name: string
  principalId: string
  role: Role
  origin: { token: TokenEntry } | { issuer: string; groups: string[] }
}

export interface SessionTimes {
  idleMs: number
  absoluteMs: number
}

/** Sessions of browsers, shared by all replicas. Redis holds only the SHA-256 of an id. */
export interface LoginSessions extends Pick<SessionWatch, 'watch'> {
  create(owner: SessionOwner): Promise<{ id: string; expiresAt: Date }>
  /** Returns the caller with this session id; undefined when the session has ended. */
  find(id: string): Promise<Principal | undefined>
  /** Ends the session on all replicas. Returns its name and role; undefined when it had ended before. */
  end(id: string, reason: SessionEndReason): Promise<Pick<Principal, 'name' | 'role'> | undefined>
  /** Lists the callers with sessions, by name. */
  listCallers(): Promise<SessionCaller[]>
  /** Ends all sessions of a caller. Returns their number. */
  endAll(principalId: string): Promise<number>
  /** Ends all sessions whose token or group the settings no longer grant. Returns their number. */
  endRevoked(): Promise<number>
  close(): void
}

export interface LoginSessionDeps extends SessionWatchDeps {
  grants: SessionGrants
}

const TIMES: SessionTimes = { idleMs: 8 * 3_600_000, absoluteMs: 24 * 3_600_000 }
/** The idle time is extended at most this often, so that a request usually costs reads only. */
const EXTEND_EVERY_MS = 60_000
/** Bounds memory, and browsers that log in again and again. The oldest session ends. */
const MAX_PER_PRINCIPAL = 50

export function openLoginSessions(deps: LoginSessionDeps, times = TIMES): LoginSessions {
  const watch = openSessionWatch(deps)
  return {
    watch: watch.watch,
    close: watch.close,
    create: (owner) => createSession(deps, times, owner),
    find: (id) => findSession(deps, times, id),
    end: async (id, reason) => {
      const hash = hashSessionId(id)
      const session = hash === undefined ? undefined : await readSession(deps, hash)
      if (hash === undefined || !session) return undefined
      await endSession(deps, hash, session.principalId, reason)
      return { name: session.name, role: session.role }
    },
    listCallers: () => listCallers(deps),
    endAll: (principalId) => endAllSessions(deps, principalId),
    endRevoked: () => endRevokedSessions(deps),
  }
}

async function createSession(
  deps: LoginSessionDeps,
  times: SessionTimes,
  { origin, ...owner }: SessionOwner,
): Promise<{ id: string; expiresAt: Date }> {
  const { redis, keys } = deps
  const id = createSessionId()
  const hash = hashSessionId(id) ?? ''
  const now = Date.now()
  const expiresAt = new Date(now + times.absoluteMs)
  const session: StoredSession = {
    ...owner,
    origin:
      'token' in origin
        ? { type: 'token', token: origin.token.name, proof: proveToken(id, origin.token) }
        : { type: 'oidc', ...origin },
    createdAt: new Date(now).toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
  const own = keys.sessionsOf(owner.principalId)
  const ends = expiresAt.getTime()
  const idleMs = Math.min(times.idleMs, times.absoluteMs)
  await redis
    .multi()
    .set(keys.session(hash), JSON.stringify(session), 'PX', idleMs)
    .zremrangebyscore(own, '-inf', now)
    .zadd(own, ends, hash)
    .pexpireat(own, ends)
    .zremrangebyscore(keys.sessionPrincipals, '-inf', now)
    .zadd(keys.sessionPrincipals, ends, owner.principalId)
    .exec()
  // Oldest first, because all sessions live equally long.
  const surplus = await redis.zrange(own, '0', String(-(MAX_PER_PRINCIPAL + 1)))
  for (const old of surplus) await endSession(deps, old, owner.principalId, 'replaced')
  return { id, expiresAt }
}

async function findSession(
  deps: LoginSessionDeps,
  times: SessionTimes,
  id: string,
): Promise<Principal | undefined> {
  const { redis, keys, grants } = deps
  const hash = hashSessionId(id)
  if (hash === undefined) return undefined
  const [session, idleLeftMs] = await Promise.all([
    readSession(deps, hash),
    redis.pttl(keys.session(hash)),
  ])
  if (!session) return undefined
  const { name, principalId, role, origin, expiresAt } = session
  const now = Date.now()
  const leftMs = Date.parse(expiresAt) - now
  if (leftMs <= 0 || !grants.grants(origin, role, id)) {
    await endSession(deps, hash, principalId, leftMs <= 0 ? 'expired' : 'revoked')
    return undefined
  }
  if (times.idleMs - idleLeftMs > EXTEND_EVERY_MS) {
    await redis.pexpire(keys.session(hash), Math.min(times.idleMs, leftMs))
  }
  const idleUntil = new Date(now + Math.min(times.idleMs, leftMs)).toISOString()
  const { type: method } = origin
  return { name, id: principalId, role, session: { hash, method, idleUntil, expiresAt } }
}

async function readSession(
  { redis, keys }: LoginSessionDeps,
  hash: string,
): Promise<StoredSession | undefined> {
  return parseStoredSession(await redis.get(keys.session(hash)))
}

async function endSession(
  { redis, keys }: LoginSessionDeps,
  hash: string,
  principalId: string,
  reason: SessionEndReason,
): Promise<void> {
  await redis
    .multi()
    .del(keys.session(hash))
    .zrem(keys.sessionsOf(principalId), hash)
    .publish(keys.sessionEnds, JSON.stringify({ hash, reason }))
    .exec()
}

async function listCallers(deps: LoginSessionDeps): Promise<SessionCaller[]> {
  const { redis, keys } = deps
  const callers: SessionCaller[] = []
  for (const id of await redis.zrange(keys.sessionPrincipals, '0', '-1')) {
    const found = await readSessionsOf(deps, id)
    const newest = found.at(-1)?.session
    if (!newest) continue
    const { name, role, origin, createdAt } = newest
    const { length: sessions } = found
    callers.push({ id, name, role, method: origin.type, sessions, newestAt: createdAt })
  }
  return callers.toSorted((a, b) => a.name.localeCompare(b.name))
}

/** Oldest first. */
async function readSessionsOf(
  deps: LoginSessionDeps,
  principalId: string,
): Promise<{ hash: string; session: StoredSession }[]> {
  const hashes = await deps.redis.zrange(deps.keys.sessionsOf(principalId), '0', '-1')
  const sessions = await Promise.all(hashes.map((hash) => readSession(deps, hash)))
  return hashes.flatMap((hash, index) => {
    const session = sessions[index]
    return session ? [{ hash, session }] : []
  })
}

async function endAllSessions(deps: LoginSessionDeps, principalId: string): Promise<number> {
  const found = await readSessionsOf(deps, principalId)
  for (const { hash } of found) await endSession(deps, hash, principalId, 'revoked')
  return found.length
}

async function endRevokedSessions(deps: LoginSessionDeps): Promise<number> {
  const { redis, keys, grants } = deps
  let ended = 0
  for (const principalId of await redis.zrange(keys.sessionPrincipals, '0', '-1')) {
    for (const { hash, session } of await readSessionsOf(deps, principalId)) {
      if (grants.grants(session.origin, session.role)) continue
      await endSession(deps, hash, principalId, 'revoked')
      ended += 1
    }
  }
  return ended
}
