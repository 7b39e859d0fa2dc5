import type { ConfiguredLimits, Limiter, LimitKey } from '../types.ts'

/**
 * Wraps a limiter: stores the configured limits of a limit key before its first acquire or snapshot in this process. Redis keeps
 * limits for a month, so a process restarted with other settings would use the old ones. An account without
 * limits in Redis would appear to have room for one call only.
 */
export function configureOnce(
  limiter: Limiter,
  limitsFor: (limitKey: LimitKey) => ConfiguredLimits,
): Limiter {
  const configured = new Map<string, Promise<void>>()
  const configure = (limitKey: LimitKey): Promise<void> => {
    const name = JSON.stringify([limitKey.account, limitKey.model])
    const known = configured.get(name)
    if (known) return known
    const configuring = limiter.configure(limitKey, limitsFor(limitKey)).catch((error: unknown) => {
      configured.delete(name)
      throw error
    })
    configured.set(name, configuring)
    return configuring
  }
  return {
    ...limiter,
    acquire: async (limitKey, attempt) => {
      await configure(limitKey)
      return limiter.acquire(limitKey, attempt)
    },
    snapshot: async (limitKey) => {
      await configure(limitKey)
      return limiter.snapshot(limitKey)
    },
  }
}
