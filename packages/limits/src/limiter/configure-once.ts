import type { ConfiguredLimits, Limiter, LimitKey } from '../types.ts'

/**
 * A limiter that says what the operator allows before its first call of a limit key, or its first look at one. Redis
 * remembers limits for a month: without it a process that was restarted with others would go on with the old ones, and
 * of accounts that nobody has called yet none would seem to have room for more than one call.
 */
export function configureOnce(
  limiter: Limiter,
  limitsFor: (limitKey: LimitKey) => ConfiguredLimits,
): Limiter {
  const stated = new Map<string, Promise<void>>()
  const state = (limitKey: LimitKey): Promise<void> => {
    const name = JSON.stringify([limitKey.account, limitKey.model])
    const known = stated.get(name)
    if (known) return known
    const stating = limiter.configure(limitKey, limitsFor(limitKey)).catch((error: unknown) => {
      stated.delete(name)
      throw error
    })
    stated.set(name, stating)
    return stating
  }
  return {
    ...limiter,
    acquire: async (limitKey, attempt) => {
      await state(limitKey)
      return limiter.acquire(limitKey, attempt)
    },
    snapshot: async (limitKey) => {
      await state(limitKey)
      return limiter.snapshot(limitKey)
    },
  }
}
