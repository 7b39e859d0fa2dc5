import { isIPv6 } from 'node:net'
import type { Redis } from 'ioredis'
import { AppError } from '@capstan/shared/errors'
import type { RedisKeys } from '@capstan/redis/keys'

/** Counts failed logins of each source address on all replicas. */
export interface FailedLogins {
  /** Throws AppError RATE_LIMITED for an address with too many failed logins. */
  record(address: string): Promise<void>
}

const MAX_PER_MINUTE = 10
const WINDOW_MS = 60_000

/**
 * Limits failures only. A valid login is never refused, so that callers behind one proxy cannot lock each other out; the
 * length of tokens, not this limit, prevents guessing.
 */
export function openFailedLogins(redis: Redis, keys: RedisKeys): FailedLogins {
  return {
    record: async (address) => {
      const key = keys.failedLogins(findNetwork(address))
      const replies = await redis
        .multi()
        .set(key, 0, 'PX', WINDOW_MS, 'NX')
        .incr(key)
        .pttl(key)
        .exec()
      const [count = 0, leftMs = WINDOW_MS] = (replies ?? []).slice(1).map(([, n]) => Number(n))
      if (count <= MAX_PER_MINUTE) return
      throw new AppError('RATE_LIMITED', 'Too many failed logins from this address', {
        hint: 'Wait for the time in Retry-After, then log in with a valid token.',
        retryable: true,
        retryAfterMs: Math.max(leftMs, 1_000),
      })
    },
  }
}

/** One caller often has a whole /64 network of IPv6 addresses. */
function findNetwork(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const first = head.split(':').filter(Boolean)
  const last = tail?.split(':').filter(Boolean) ?? []
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}
