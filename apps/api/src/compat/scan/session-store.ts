import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'

const UnknownName = z.object({ resource: z.string(), error: z.string() })
export type UnknownName = z.infer<typeof UnknownName>

/** A scan session of dot-ai: the current step and the scan that it started. */
const CompatSession = z.object({
  sessionId: z.string(),
  step: z.enum(['resource-selection', 'resource-specification', 'scanning']),
  /** Null until all questions are answered. */
  scanId: z.string().nullable(),
  /** Requested types. */
  requested: z.union([z.literal('all'), z.array(z.string())]).nullable(),
  /** Requested names that the cluster does not have. They count as failures of the session. */
  unknown: z.array(UnknownName),
  startedAt: z.string(),
  lastActivity: z.string(),
})
export type CompatSession = z.infer<typeof CompatSession>

export interface SessionStore {
  get(sessionId: string): Promise<CompatSession | undefined>
  /** Returns the most recently changed session. */
  latest(): Promise<CompatSession | undefined>
  /** Stores the session with the current time as its last activity. Returns the stored session. */
  save(session: CompatSession): Promise<CompatSession>
}

/** Equal to the retention of scans. */
const KEEP_SECONDS = 30 * 86_400
const VALID_ID = /^[\w.-]{1,128}$/

/** Stores sessions in Redis, so that all replicas share them. */
export function openSessionStore({ redis, keys }: { redis: Redis; keys: RedisKeys }): SessionStore {
  const get = async (id: string): Promise<CompatSession | undefined> => {
    const text = isSessionId(id) ? await redis.get(keys.compatSession(id)) : null
    return text === null ? undefined : CompatSession.parse(JSON.parse(text))
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

/** Creates a session at its first question. A client may choose the id. */
export function createSession(sessionId = createSessionId()): CompatSession {
  const now = new Date().toISOString()
  return {
    sessionId,
    step: 'resource-selection',
    scanId: null,
    requested: null,
    unknown: [],
    startedAt: now,
    lastActivity: now,
  }
}

/** Returns whether an id is valid as part of a Redis key. */
export function isSessionId(id: string): boolean {
  return VALID_ID.test(id)
}

function createSessionId(): string {
  return `cap-scan-${Date.now()}-${randomBytes(4).toString('hex')}`
}
