import { sleep } from '@capstan/shared/async/sleep'
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { releaseLease, takeLease } from './lease.ts'

export interface LeaderOptions {
  redis: Redis
  /** The key of the lease. */
  key: string
  /** How long a leader that died is waited for. */
  leaseMs: number
  signal: AbortSignal
}

/**
 * Runs `work` in one of all processes that call this with the same key, again and again until the signal fires.
 * The signal that `work` gets fires as soon as the lease cannot be renewed in time. Two may overlap for a moment
 * after an outage of Redis, so the work must bear being done twice.
 */
export async function runAsLeader(
  { redis, key, leaseMs, signal }: LeaderOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const lease = { key, owner: randomUUID() }
  const take = (): Promise<boolean> => takeLease(redis, lease, leaseMs).catch(() => false)
  const pause = (): Promise<void> => sleep(leaseMs / 3, { signal })
  while (!signal.aborted) {
    if (await take()) {
      const lost = new AbortController()
      const working = work(AbortSignal.any([signal, lost.signal])).finally(() => lost.abort())
      const renewing = renew(take, leaseMs, AbortSignal.any([signal, lost.signal])).finally(() =>
        lost.abort(),
      )
      await Promise.allSettled([working, renewing])
      await releaseLease(redis, lease).catch(() => undefined)
    }
    await pause()
  }
}

/** Ends when the lease is lost, or was not renewed for as long as it lasts. */
async function renew(
  take: () => Promise<boolean>,
  leaseMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(leaseMs / 3, { signal })
    if (!signal.aborted && !(await take())) return
  }
}
