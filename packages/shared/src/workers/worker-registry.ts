import type { Redis } from 'ioredis'
import { WorkerStatus } from '../contract/worker-status.ts'
import type { RedisKeys } from '../redis/keys.ts'
import { noteProviders } from './seen-providers.ts'

const BEAT_MS = 5_000
/** Three beats may get lost before a worker counts as gone. */
const SILENT_MS = 20_000

export interface Announcement {
  /** Says it now instead of at the next beat, as when draining begins. */
  beat(): Promise<void>
  /** Ends the heartbeat and removes the entry. */
  stop(): Promise<void>
}

/**
 * Writes `status()` now and every 5 s. The entry goes by itself 20 s after the last beat. A beat that fails
 * is dropped; the next one makes up for it.
 */
export async function announceWorker(
  redis: Redis,
  keys: RedisKeys,
  status: () => Omit<WorkerStatus, 'lastSeen'>,
): Promise<Announcement> {
  const { id } = status()
  const beat = async (): Promise<void> => {
    const now = Date.now()
    const seen: WorkerStatus = { ...status(), lastSeen: new Date(now).toISOString() }
    const transaction = redis
      .multi()
      .set(keys.worker(id), JSON.stringify(seen), 'PX', SILENT_MS)
      .zadd(keys.workers, now, id)
      .pexpire(keys.workers, 2 * SILENT_MS)
    noteProviders(transaction, keys, seen, now)
    await transaction.exec()
  }
  await beat()
  const timer = setInterval(() => void beat().catch(() => undefined), BEAT_MS).unref()
  return {
    beat,
    stop: async () => {
      clearInterval(timer)
      await redis.multi().del(keys.worker(id)).zrem(keys.workers, id).exec()
    },
  }
}

/** Workers that were heard of within 20 s, longest-running first. Forgets those that fell silent. */
export async function listWorkers(redis: Redis, keys: RedisKeys): Promise<WorkerStatus[]> {
  const ids = await redis.zrange(keys.workers, '0', '-1')
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map((id) => keys.worker(id)))
  const silent = ids.filter((_, index) => texts[index] === null)
  // By score too: one that speaks again in this very moment must not be forgotten.
  if (silent.length > 0) {
    await redis.zremrangebyscore(keys.workers, '-inf', String(Date.now() - SILENT_MS))
  }
  return texts.flatMap(parseStatus).toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
}

function parseStatus(text: string | null): WorkerStatus[] {
  if (text === null) return []
  try {
    const parsed = WorkerStatus.safeParse(JSON.parse(text))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}
