import type { Redis } from 'ioredis'
import type { Provider } from '@capstan/shared/contract/provider'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { openProviderEvents } from '@capstan/limits/limiter/provider-events'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import { configureOnce } from '@capstan/limits/limiter/configure-once'
import type { Admission, ConfiguredLimits, Limiter, LimitKey } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'
import type { Route } from '@capstan/scan-store/routes/route'
import type { WorkerMetrics } from '../metrics/worker-metrics.ts'
import type { Account } from './account.ts'
import type { Fallback } from './choose-fallback.ts'
import { publishProviderEvents } from './publish-provider-events.ts'
import { readRemoteFallbacks } from './read-remote-fallbacks.ts'
import { openRouteStatus, type RouteStatus } from './route-status.ts'
import { openHealthWatch, type HealthWatch } from './watch-health.ts'

interface RoutesDeps {
  redis: Redis
  keys: RedisKeys
  accounts: Account[]
  fallback: Fallback | undefined
  workerId: string
  metrics: Pick<WorkerMetrics, 'breakerChanges' | 'throttleSeconds'>
  log: Log
}

/** Limits, health and status of the routes of this worker. */
export interface Routes {
  admission: Admission
  limiter: Limiter
  health: HealthWatch
  status: RouteStatus
}

/** Opens the limits of the accounts, which all workers share through Redis. */
export function openRoutes(deps: RoutesDeps): Routes {
  const { redis, keys, accounts, fallback, workerId, metrics, log } = deps
  const findAccount = (name: string): Account => {
    const found = accounts.find((account) => account.name === name)
    if (!found) throw new Error(`there is no account ${name}`)
    return found
  }
  const providerFor = (account: string): Provider => findAccount(account).provider
  const limitsFor = ({ account }: LimitKey): ConfiguredLimits => findAccount(account).limits
  const shared = openLimiter({ redis, keys, limitsFor, providerFor })
  const limiter = configureOnce(shared, limitsFor)
  const events = openProviderEvents(redis, keys)
  const own = fallback?.models ?? []
  const remote = { redis, keys, limiter: shared, workerId, own }
  return {
    limiter,
    admission: openAdmission(limiter, publishProviderEvents({ events, providerFor, metrics, log })),
    health: openHealthWatch({
      health: openEndpointHealth(redis, keys),
      accounts,
      hasFallback: fallback !== undefined,
      log,
    }),
    status: openRouteStatus({
      accounts,
      limiter,
      fallback,
      readRemoteFallbacks: (route: Route) => readRemoteFallbacks(remote, route),
      log,
    }),
  }
}
