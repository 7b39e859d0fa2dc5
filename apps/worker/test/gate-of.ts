import type { Redis } from 'ioredis'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import type { Model } from '@capstan/shared/inference/types'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import { createLog } from '@capstan/shared/log'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { RedisKeys } from '@capstan/redis/keys'
import { openHealthWatch } from '../src/accounts/watch-health.ts'
import { accountLimits } from '../src/gate/account-limits.ts'
import type { Account } from '../src/gate/account.ts'
import { openDayGuard } from '../src/gate/day-guard.ts'
import { openModelGate, type ModelGate } from '../src/gate/model-gate.ts'

/** A gate over a real Redis with one account, `test`, at which `model` answers. */
export function gateOf(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  model: Model,
  limits = '',
): ModelGate {
  const account: Account = {
    name: 'test',
    provider: model.provider,
    limits: accountLimits(model.provider, limits),
    model: () => model,
    batches: () => undefined,
  }
  const limiter = openLimiter({ redis, keys, limitsFor: () => account.limits })
  return openModelGate({
    accounts: [account],
    admission: openAdmission(limiter),
    limiter,
    log: createLog('test', 'silent'),
    callTimeoutMs: 5_000,
    priceOf: findPrice,
    health: openHealthWatch({
      health: openEndpointHealth(redis, keys),
      accounts: [account],
      hasFallback: false,
      log: createLog('test', 'silent'),
    }),
    day: openDayGuard({
      budget: openDailyBudget(redis, keys),
      limits: {},
      onRefusal: () => undefined,
      log: createLog('test', 'silent'),
    }),
  })
}
