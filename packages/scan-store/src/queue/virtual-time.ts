import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

export type ScanPriority = ScanRequest['priority']

/** Priority step between the jobs of one scan. A larger step means a smaller share; 0 overtakes every other scan. */
const STRIDES: Record<ScanPriority, number> = { high: 0, normal: 1, low: 4 }
/** BullMQ's range. 0 means no priority, which overtakes every prioritized job. */
const LOWEST = 1
const HIGHEST = 2_097_151
/** Delay of writes. It favours a new scan by one or two jobs; exact time would cost one script per job. */
const FLUSH_MS = 50

const script = defineLuaScript(new URL('./lua/virtual-time.lua', import.meta.url))

/**
 * Computes the priority of the n-th job (from 0) that a scan adds at virtual time `now`: start-time fair queueing
 * (Goyal, Vin, Cheng 1996) with jobs as packets. Two scans share the workers 1:1, independent of their order of arrival.
 */
export function computeFairPriority(now: number, n: number, priority: ScanPriority): number {
  const start = Math.max(LOWEST, Math.floor(now)) + (n + 1) * STRIDES[priority]
  return Math.min(HIGHEST, start)
}

/** Reads the virtual time at which `scanId` adds jobs to a queue. It restarts at 0 when no other scan of the route is unfinished. */
export async function readVirtualTime(
  redis: Redis,
  keys: RedisKeys,
  { queue, scanId }: { queue: string; scanId: string },
): Promise<number> {
  const names = [keys.virtualTime(queue), keys.activeScans]
  return z.int().parse(await script.run(redis, names, ['read', scanId, queue]))
}

export interface VirtualClock {
  /** Reports that a job of this priority was claimed. */
  advance(priority: number): void
  /** Writes the newest priority immediately. */
  flush(): Promise<void>
}

/** Advances the virtual time of a queue as a worker claims jobs. A lost write has little effect, so errors are ignored. */
export function openVirtualClock(redis: Redis, keys: RedisKeys, queue: string): VirtualClock {
  let newest = 0
  let timer: NodeJS.Timeout | undefined
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (newest === 0) return
    const claimed = newest
    newest = 0
    const names = [keys.virtualTime(queue), keys.activeScans]
    await script.run(redis, names, ['advance', claimed]).catch(() => undefined)
  }
  return {
    advance: (priority) => {
      newest = Math.max(newest, priority)
      timer ??= setTimeout(() => void flush(), FLUSH_MS).unref()
    },
    flush,
  }
}
