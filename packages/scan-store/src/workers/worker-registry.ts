import type { Redis } from 'ioredis'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { HEARTBEAT_MS, HEARTBEAT_GAP_MS, WORKER_TIMEOUT_MS } from './heartbeat.ts'
import { recordProviders } from './recent-providers.ts'

const recordHeartbeat = defineLuaScript(new URL('./record-heartbeat.lua', import.meta.url))

export interface WorkerAnnouncement {
  /** Sends a heartbeat immediately, for example when draining starts. */
  beat(): Promise<void>
  /** Stops the heartbeats and removes the entry. */
  stop(): Promise<void>
}

/**
 * Writes `status()` now and every 5 s. The entry expires 17 s after the last heartbeat. A failed heartbeat is ignored; the next
 * one replaces it.
 */
export async function announceWorker(
  redis: Redis,
  keys: RedisKeys,
  status: () => Omit<WorkerStatus, 'lastSeen'>,
): Promise<WorkerAnnouncement> {
  const { id } = status()
  const beat = async (): Promise<void> => {
    const now = Date.now()
    const seen: WorkerStatus = { ...status(), lastSeen: new Date(now).toISOString() }
    const transaction = redis
      .multi()
      .set(keys.worker(id), JSON.stringify(seen), 'PX', WORKER_TIMEOUT_MS)
    recordProviders(transaction, keys, seen, now)
    await transaction.exec()
    await recordHeartbeat.run(
      redis,
      [keys.workers, keys.workersSteady],
      [id, WORKER_TIMEOUT_MS, HEARTBEAT_GAP_MS],
    )
  }
  await beat()
  const timer = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_MS).unref()
  return {
    beat,
    stop: async () => {
      clearInterval(timer)
      await redis.multi().del(keys.worker(id)).zrem(keys.workers, id).exec()
    },
  }
}

/** Lists the workers with a heartbeat within 17 s, longest-running first. */
export async function listWorkers(redis: Redis, keys: RedisKeys): Promise<WorkerStatus[]> {
  const ids = await redis.zrange(keys.workers, '0', '-1')
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map((id) => keys.worker(id)))
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
