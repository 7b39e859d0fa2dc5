import type { Redis } from 'ioredis'
import type { AccountView } from '@capstan/shared/contract/providers/account-view'
import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Provider } from '@capstan/shared/contract/provider'
import { openEndpointHealth, type EndpointHealthView } from '@capstan/limits/health/endpoint-health'
import type { Limiter } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'

export interface AccountViewDeps {
  limiter: Pick<Limiter, 'snapshot'>
  redis: Redis
  keys: RedisKeys
}

/** Reads the limits and the state of one model of an account. The health is read only with a provider. */
export async function readAccountView(
  { limiter, redis, keys }: AccountViewDeps,
  account: Pick<AccountView, 'purpose' | 'name' | 'model' | 'weight' | 'dialect'>,
  provider?: Provider,
): Promise<AccountView> {
  const { name, model } = account
  const [snapshot, view] = await Promise.all([
    limiter.snapshot({ account: name, model }),
    provider && openEndpointHealth(redis, keys).read({ provider, account: name, model }),
  ])
  const { atMs, dimensions, concurrency, waiting, paused, breaker, latency } = snapshot
  const block = findBlock(snapshot)
  return {
    ...account,
    limits: dimensions,
    concurrency,
    waiting,
    paused,
    breaker,
    health: view ? toHealthView(view) : null,
    until: block && new Date(atMs + block.forMs).toISOString(),
    latencyMs: latency?.medianMs ?? null,
  }
}

function toHealthView({ answeredAt, verdict, ...view }: EndpointHealthView): AccountView['health'] {
  return { answeredAt, state: verdict ?? (answeredAt ? 'answers' : 'unproven'), ...view }
}

/** State of one model of an account, shared by all workers. */
export interface AccountGauge {
  provider: string
  account: string
  model: string
  breaker: 'closed' | 'half-open' | 'open'
  /** Current ceiling of calls in flight. */
  concurrencyLimit: number
  /** Time until a pause or an open breaker ends; 0 when calls may start. */
  pausedMs: number
}
