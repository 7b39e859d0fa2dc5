import type { Redis } from 'ioredis'
import type { Provider } from '@capstan/shared/contract/provider'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openHedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { openProviderEvents } from '@capstan/limits/limiter/provider-events'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import { configureOnce } from '@capstan/limits/limiter/configure-once'
import type { ConfiguredLimits, LimitKey } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { Price } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { RedisKeys } from '@capstan/redis/keys'
import { openHealthWatch } from '../accounts/watch-health.ts'
import type { WorkerMetrics } from '../worker-metrics.ts'
import type { Account } from './account.ts'
import type { DayGuard } from './day-guard.ts'
import type { Fallback } from './fallback.ts'
import { readFallbacksElsewhere } from './fallbacks-elsewhere.ts'
import type { Dialects } from '../call/open-dialects.ts'
import { openModelGate, type ModelGate } from './model-gate.ts'
import { tellNews } from './tell-news.ts'
import { withDemo } from './with-demo.ts'

export interface OpenGateDeps {
  redis: Redis
  keys: RedisKeys
  accounts: Account[]
  metrics: WorkerMetrics
  log: Log
  callTimeoutMs: number
  fallback?: Fallback | undefined
  hedge: boolean
  dialects: Dialects
  day: DayGuard
  /** As the worker announces itself. */
  workerId: string
  /** Own prices, before the list prices. */
  prices?: Readonly<Record<string, Price>> | undefined
}

/** The gate of a worker: its accounts, limits that all workers share, and the demo rules beside them. */
export function openGate(deps: OpenGateDeps): ModelGate {
  const { redis, keys, accounts, metrics, log, callTimeoutMs, fallback, hedge, day, dialects } =
    deps
  const accountOf = (name: string): Account => {
    const found = accounts.find((account) => account.name === name)
    if (!found) throw new Error(`there is no account ${name}`)
    return found
  }
  const providerFor = (account: string): Provider => accountOf(account).provider
  const limitsFor = ({ account }: LimitKey): ConfiguredLimits => accountOf(account).limits
  const shared = openLimiter({ redis, keys, limitsFor, providerFor })
  const limiter = configureOnce(shared, limitsFor)
  const news = openProviderEvents(redis, keys)
  const admission = openAdmission(limiter, tellNews({ news, providerFor, metrics, log }))
  const onTurn = ({ provider }: { provider: string }, waitedMs: number): void =>
    metrics.turnSeconds.observe({ provider }, waitedMs / 1_000)
  const onHedge = (provider: Provider): void => metrics.hedges.inc({ provider })
  const hedging = hedge ? { budget: openHedgeBudget(redis, keys), onHedge } : undefined
  const price = (provider: Provider, model: string) => findPrice(provider, model, deps.prices)
  return withDemo(
    openModelGate({
      accounts,
      admission,
      limiter,
      log,
      callTimeoutMs,
      fallback,
      dialects,
      hedging,
      fallbacksElsewhere: (asked) => {
        const own = fallback?.to ?? []
        const { workerId } = deps
        return readFallbacksElsewhere({ redis, keys, limiter: shared, workerId, own }, asked)
      },
      onTurn,
      day,
      health: openHealthWatch({
        health: openEndpointHealth(redis, keys),
        accounts,
        hasFallback: fallback !== undefined,
        log,
      }),
      priceOf: price,
    }),
  )
}
