import type { Redis } from 'ioredis'
import { openAdmission } from '@capstan/shared/limits/admission'
import { openLimiter } from '@capstan/shared/limits/limiter'
import type { GroupLimits, Route } from '@capstan/shared/limits/types'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import type { WorkerMetrics } from '../worker-metrics.ts'
import type { Account } from './account.ts'
import { openModelGate, type ModelGate } from './model-gate.ts'
import { withDemo } from './with-demo.ts'

export interface OpenGateDeps {
  redis: Redis
  keys: RedisKeys
  accounts: Account[]
  metrics: WorkerMetrics
  log: Log
  callTimeoutMs: number
}

/** The gate of a worker: its accounts, limits that all workers share, and the demo rules beside them. */
export function openGate(deps: OpenGateDeps): ModelGate {
  const { redis, keys, accounts, metrics, log, callTimeoutMs } = deps
  const limitsOf = ({ account }: Route): GroupLimits => {
    const found = accounts.find(({ name }) => name === account)
    if (!found) throw new Error(`there is no account ${account}`)
    return found.limits
  }
  const limiter = openLimiter({ redis, keys, limitsOf })
  const admission = openAdmission(limiter, {
    // One line a change, from the process whose call brought it about.
    onBreaker: ({ account, model }, { to, forMs }) => {
      log.warn({ account, model, to, forMs }, 'the circuit breaker of a provider has changed')
      metrics.breakerChanges.inc({ account, to })
    },
  })
  const onTurn = ({ provider }: { provider: string }, waitedMs: number): void =>
    metrics.turnSeconds.observe({ provider }, waitedMs / 1_000)
  return withDemo(openModelGate({ accounts, admission, limiter, log, callTimeoutMs, onTurn }))
}
