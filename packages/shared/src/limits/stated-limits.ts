import type { GroupLimits, Limiter, Route } from './types.ts'

/**
 * A limiter that says what the operator allows before its first call of a route, or its first look at one. Redis
 * remembers limits for a month: without it a process that was restarted with others would go on with the old ones, and
 * of accounts that nobody has called yet none would seem to have room for more than one call.
 */
export function statedLimits(limiter: Limiter, limitsOf: (route: Route) => GroupLimits): Limiter {
  const stated = new Map<string, Promise<void>>()
  const state = (route: Route): Promise<void> => {
    const name = JSON.stringify([route.account, route.group])
    const known = stated.get(name)
    if (known) return known
    const stating = limiter.configure(route, limitsOf(route)).catch((error: unknown) => {
      stated.delete(name)
      throw error
    })
    stated.set(name, stating)
    return stating
  }
  return {
    ...limiter,
    acquire: async (route, attempt) => {
      await state(route)
      return limiter.acquire(route, attempt)
    },
    snapshot: async (route) => {
      await state(route)
      return limiter.snapshot(route)
    },
  }
}
