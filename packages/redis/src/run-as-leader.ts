import { sleep } from '@capstan/shared/async/sleep'
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { releaseLease, acquireLease } from './lease.ts'

export interface LeaderOptions {
  redis: Redis
  /** The key of the lease. */
  key: string
  /** Duration of the lease: another process takes over this long after the leader died. */
  leaseMs: number
  signal: AbortSignal
}

/**
 * Runs `work` repeatedly until the signal aborts, in one of all processes that call this with the same key. The signal passed to
 * `work` aborts when the lease cannot be renewed in time. After an outage of Redis two leaders may overlap briefly, so the work
 * must be idempotent.
 */
export async function runAsLeader(
  { redis, key, leaseMs, signal }: LeaderOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const lease = { key, owner: randomUUID() }
  const take = (): Promise<boolean> => acquireLease(redis, lease, leaseMs).catch(() => false)
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

/** Renews the lease until it is lost. */
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
