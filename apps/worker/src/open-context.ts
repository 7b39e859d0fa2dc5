import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { CURATED_VERSION, findCuratedAnswer } from '@capstan/curated-answers/find-curated-answer'
import type { Log } from '@capstan/shared/log'
import { connectRedis, type ConnectionKind } from '@capstan/redis/connect'
import { createRedisKeys } from '@capstan/redis/keys'
import packageJson from '../package.json' with { type: 'json' }
import { readAccountSettings, type ConfiguredProvider } from './accounts/account-settings.ts'
import { parseFallbackModels } from './accounts/fallback-settings.ts'
import { describeNetworkTargets } from './accounts/network-targets.ts'
import { openAccounts } from './accounts/open-accounts.ts'
import { openEndpoints, type Endpoints } from './accounts/open-endpoints.ts'
import { readDailyLimits } from './call/daily-budget/daily-budget-settings.ts'
import type { WorkerConfig } from './config.ts'
import type { WorkerContext } from './worker-context.ts'

export type Connect = (kind: ConnectionKind) => Redis

export interface OpenContext {
  context: WorkerContext
  /** Opens one more connection to Redis. */
  connect: Connect
  endpoints: Endpoints
}

/** Opens the connections and stores that the parts of a worker share. `stack` closes them. */
export async function openContext(
  stack: AsyncDisposableStack,
  config: WorkerConfig,
  providers: ConfiguredProvider[],
  log: Log,
): Promise<OpenContext> {
  const onFault = (error: Error): void => log.warn({ err: error }, 'the connection to Redis failed')
  const connect: Connect = (kind) =>
    stack.adopt(connectRedis(config.REDIS_URL, kind, onFault), (redis) => redis.disconnect())
  const redis = connect('worker')
  const keys = createRedisKeys(config.CAPSTAN_REDIS_PREFIX)
  const settings = readAccountSettings(config, providers[0]?.provider ?? 'demo')
  const endpoints = openEndpoints(providers, settings, log)
  stack.defer(() => endpoints.stop())
  const accounts = await openAccounts(settings, {
    timeoutMs: config.CAPSTAN_CALL_TIMEOUT_MS,
    assumesFullDialect: config.CAPSTAN_ASSUME_DIALECT || undefined,
  })
  const self = describeSelf(config, endpoints)
  const stores = connect('store')
  const curated = { version: CURATED_VERSION, find: findCuratedAnswer }
  const context = { config, redis, stores, keys, log, accounts, curated, self }
  return { context, connect, endpoints }
}

function describeSelf(config: WorkerConfig, endpoints: Endpoints): WorkerContext['self'] {
  const typesPerCall = config.CAPSTAN_TYPES_PER_CALL
  return {
    id: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    host: hostname(),
    pid: process.pid,
    version: packageJson.version,
    startedAt: new Date().toISOString(),
    concurrency: config.CAPSTAN_CONCURRENCY,
    ...(typesPerCall > 1 && { typesPerCall }),
    ...endpoints.describe(),
    fallback: parseFallbackModels(config.CAPSTAN_FALLBACK),
    dailyLimits: readDailyLimits(config),
    network: describeNetworkTargets(config),
  }
}
