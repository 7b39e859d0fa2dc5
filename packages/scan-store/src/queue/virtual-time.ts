import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

export type ScanPriority = ScanRequest['priority']

/** Steps between the jobs of one scan: the larger, the smaller its share. 0 goes before everybody. */
const STRIDES: Record<ScanPriority, number> = { high: 0, normal: 1, low: 4 }
/** BullMQ's range; 0 would overtake every other priority. */
const LOWEST = 1
const HIGHEST = 2_097_151
/** Late by this much the clock favours a new scan by a job or two; exact it would cost a script a job. */
const FLUSH_MS = 50

const script = defineLuaScript(new URL('./lua/virtual-time.lua', import.meta.url))

/**
 * Priority of the n-th job (from 0) that a scan adds at virtual time `now`: start-time fair queueing
 * (Goyal, Vin, Cheng 1996) with jobs as packets. Two scans share the workers 1:1, whichever came first.
 */
export function computeFairPriority(now: number, n: number, priority: ScanPriority): number {
  const start = Math.max(LOWEST, Math.floor(now)) + (n + 1) * STRIDES[priority]
  return Math.min(HIGHEST, start)
}

/** The virtual time at which `scanId` adds jobs to a queue; starts over when no other scan of its route is active. */
export async function readVirtualTime(
  redis: Redis,
  keys: RedisKeys,
  { queue, scanId }: { queue: string; scanId: string },
): Promise<number> {
  const names = [keys.virtualTime(queue), keys.activeScans]
  return z.int().parse(await script.run(redis, names, ['read', scanId, queue]))
}

export interface VirtualClock {
  /** A job of this priority was claimed. */
  advance(priority: number): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
}

/** Moves the virtual time of a queue forward as a worker claims jobs. Losing a step is harmless, so errors are dropped. */
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
