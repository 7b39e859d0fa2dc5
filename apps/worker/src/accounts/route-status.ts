import type { ItemError } from '@capstan/shared/errors'
import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Limiter } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { Route } from '@capstan/scan-store/routes/route'
import type { Account } from './account.ts'
import {
  chooseFallback,
  listFallbacks,
  type Fallback,
  type FallbackModel,
} from './choose-fallback.ts'
import { openFallbackCooldown } from './fallback-cooldown.ts'
import { planPause, type RemoteFallback, type RoutePauseRequest } from './plan-pause.ts'
import { rankAccounts, type AccountSnapshot } from './rank-accounts.ts'

/** Availability of the routes of this worker, and their fallback models. */
export interface RouteStatus {
  /** Configures the limits of the accounts of a route before its first call. */
  configureLimits(route: Route): Promise<void>
  /** Milliseconds until an account of the route may be called; 0: now. */
  blockedMs(route: Route): Promise<number>
  /** The model that answers during an outage of the route; undefined as long as the route has to be called itself. */
  chooseFallback(route: Route): Promise<FallbackModel | undefined>
  /** Excludes a model that rejected the key or has no quota left for a while. */
  excludeFallback(model: FallbackModel, why: ItemError): void
  /** Which processes pause, and until when, if the route may not be called for `waitMs`. */
  planPause(route: Route, waitMs: number): Promise<RoutePauseRequest>
}

export interface RouteStatusDeps {
  accounts: readonly Account[]
  limiter: Pick<Limiter, 'snapshot'>
  fallback?: Fallback | undefined
  /** Fallback models that other live workers announce for a route. */
  readRemoteFallbacks: (route: Route) => Promise<RemoteFallback[]>
  log: Pick<Log, 'warn'>
}

/** The provider `demo` has no accounts, so it is never blocked and needs no fallback. */
export function openRouteStatus(deps: RouteStatusDeps): RouteStatus {
  const { accounts, limiter, fallback } = deps
  const cooldown = openFallbackCooldown(deps.log)
  const available = (): Fallback => {
    const { models = [], afterMs = 0 } = fallback ?? {}
    return { models: models.filter((model) => !cooldown.isExcluded(model)), afterMs }
  }
  const rank = ({ provider, model }: Route): Promise<AccountSnapshot[]> => {
    const own = accounts.filter((account) => account.provider === provider)
    return rankAccounts(limiter, own, model)
  }
  return {
    configureLimits: async (route) => {
      // The limiter configures a limit key before it reads it for the first time.
      await rank(route)
    },
    blockedMs: async (route) => {
      const [best] = await rank(route)
      return (best && findBlock(best.snapshot)?.forMs) ?? 0
    },
    chooseFallback: async (route) =>
      fallback ? chooseFallback(available(), route, rank) : undefined,
    excludeFallback: (model, why) => cooldown.exclude(model, why),
    planPause: async (route, waitMs) => {
      const models = listFallbacks(available(), route)
      const [own, fallbacks, remote] = await Promise.all([
        rank(route),
        Promise.all(models.map(rank)),
        deps.readRemoteFallbacks(route),
      ])
      return planPause({ own, fallbacks, remote }, route, waitMs)
    },
  }
}
