import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'

const UnknownName = z.object({ resource: z.string(), error: z.string() })
export type UnknownName = z.infer<typeof UnknownName>

/** A scan as clients of dot-ai follow it: where the questions stand, and which scan it became. */
const Session = z.object({
  sessionId: z.string(),
  step: z.enum(['resource-selection', 'resource-specification', 'scanning']),
  /** Null until the questions are answered. */
  scanId: z.string().nullable(),
  /** What was asked for. */
  asked: z.union([z.literal('all'), z.array(z.string())]).nullable(),
  /** Names of the list that the cluster does not offer: failures of this session. */
  unknown: z.array(UnknownName),
  startedAt: z.string(),
  lastActivity: z.string(),
})
export type Session = z.infer<typeof Session>

export interface SessionStore {
  get(sessionId: string): Promise<Session | undefined>
  /** The one that was changed last. */
  latest(): Promise<Session | undefined>
  /** Writes it with the current time as its last activity; answers what was written. */
  save(session: Session): Promise<Session>
}

/** As long as scans are kept. */
const KEEP_SECONDS = 30 * 86_400
const SANE_ID = /^[\w.-]{1,128}$/

/** Sessions in Redis: any replica knows them, and the death of one loses none. */
export function openSessionStore({ redis, keys }: { redis: Redis; keys: RedisKeys }): SessionStore {
  const get = async (id: string): Promise<Session | undefined> => {
    const text = isSessionId(id) ? await redis.get(keys.compatSession(id)) : null
    return text === null ? undefined : Session.parse(JSON.parse(text))
  }
  return {
    get,
    latest: async () => {
      const [newest] = await redis.zrevrange(keys.compatSessions, 0, 0)
      return newest === undefined ? undefined : get(newest)
    },
    save: async (session) => {
      const now = Date.now()
      const saved = { ...session, lastActivity: new Date(now).toISOString() }
      const { sessionId } = session
      await redis
        .multi()
        .set(keys.compatSession(sessionId), JSON.stringify(saved), 'EX', KEEP_SECONDS)
        .zadd(keys.compatSessions, now, sessionId)
        .zremrangebyscore(keys.compatSessions, 0, now - KEEP_SECONDS * 1_000)
        .exec()
      return saved
    },
  }
}

/** A session that asks its first question. A client may bring an id of its own. */
export function newSession(sessionId = newSessionId()): Session {
  const now = new Date().toISOString()
  return {
    sessionId,
    step: 'resource-selection',
    scanId: null,
    asked: null,
    unknown: [],
    startedAt: now,
    lastActivity: now,
  }
}

/** Whether an id may become part of a key. */
export function isSessionId(id: string): boolean {
  return SANE_ID.test(id)
}

function newSessionId(): string {
  return `cap-scan-${Date.now()}-${randomBytes(4).toString('hex')}`
}
