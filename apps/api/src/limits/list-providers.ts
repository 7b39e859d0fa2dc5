import { z } from 'zod'
import { PROVIDERS, Provider } from '@capstan/shared/contract/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { routeOf } from '@capstan/shared/limits/route-of'
import { DIMENSIONS } from '@capstan/shared/limits/types'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import type { AccountGauge } from '../plugins/metrics.ts'
import { resolveModel } from '../scans/resolve-model.ts'

const LimitView = z.object({
  limit: z.number().describe('A minute, as stated or as the provider told.'),
  available: z.number().describe('What may be spent at once now; below 0 after a costly call.'),
  capacity: z.number(),
})
const AccountView = z.object({
  name: z.string(),
  model: z.string(),
  limits: z.partialRecord(z.enum(DIMENSIONS), LimitView),
  concurrency: z.object({ limit: z.number(), inFlight: z.int() }),
  waiting: z.int().describe('Processes with calls that wait for a turn.'),
  paused: z.object({ forMs: z.int(), reason: z.string() }).nullable(),
  breaker: z.object({
    state: z.enum(['closed', 'open', 'half-open']),
    forMs: z.int(),
    brokenMs: z.int(),
  }),
  latencyMs: z.number().nullable().describe('Median of a call; null before the first.'),
})

export const ProviderView = z.object({
  id: Provider,
  configured: z.boolean().describe('A live worker can serve it.'),
  default: z.boolean().describe('A scan that names none gets it.'),
  demo: z.boolean().describe('It answers by rules, not with a model.'),
  models: z.array(z.string()).describe('What the workers use when a scan names no model.'),
  workers: z.int().describe('Live workers that serve it.'),
  fallback: z
    .array(z.string())
    .describe('Models that answer in its place when it stays down, best first.'),
  accounts: z.array(AccountView).describe('Its keys by name, and what they may do now.'),
})
type ProviderView = z.infer<typeof ProviderView>

export type ProviderDeps = Pick<ApiDeps, 'redis' | 'keys' | 'defaults' | 'limiter'>

/** Who can answer. What workers announce is all that is known here: keys never leave them. */
export async function listProviders(deps: ProviderDeps): Promise<ProviderView[]> {
  const [workers, usual] = await Promise.all([
    listWorkers(deps.redis, deps.keys),
    resolveModel(deps, {}),
  ])
  return Promise.all(
    PROVIDERS.map(async (id) => {
      const serving = workers.filter(({ providers }) =>
        providers.some((one) => one.provider === id),
      )
      const announced = serving.flatMap(({ providers }) => providers)
      const models = announced.filter(({ provider }) => provider === id).map(({ model }) => model)
      return {
        id,
        configured: serving.length > 0,
        default: usual.provider === id,
        demo: id === 'demo',
        models: [...new Set(models)],
        workers: serving.length,
        fallback: fallbackOf(serving),
        accounts: await readAccounts(deps, id, serving),
      }
    }),
  )
}

function fallbackOf(workers: WorkerStatus[]): string[] {
  const named = workers.flatMap(({ fallback = [] }) =>
    fallback.map((to) => `${to.provider}/${to.model}`),
  )
  return [...new Set(named)]
}

/** Each account once, however many workers hold its key. */
async function readAccounts(
  { limiter }: ProviderDeps,
  provider: Provider,
  workers: WorkerStatus[],
): Promise<z.infer<typeof AccountView>[]> {
  const own = workers.flatMap(({ accounts }) => accounts.filter((one) => one.provider === provider))
  const unique = new Map(own.map((account) => [`${account.name} ${account.model}`, account]))
  return Promise.all(
    [...unique.values()].map(async ({ name, model }) => {
      const { dimensions, concurrency, waiting, paused, breaker, latency } = await limiter.snapshot(
        routeOf(name, model),
      )
      return {
        name,
        model,
        limits: dimensions,
        concurrency,
        waiting,
        paused,
        breaker,
        latencyMs: latency?.medianMs ?? null,
      }
    }),
  )
}

/** The accounts of live workers as gauges show them. */
export async function accountGauges(deps: ProviderDeps): Promise<AccountGauge[]> {
  return (await listProviders(deps)).flatMap(({ id, accounts }) =>
    accounts.map(({ name, model, breaker, concurrency }) => ({
      provider: id,
      account: name,
      model,
      breaker: breaker.state,
      concurrencyLimit: concurrency.limit,
    })),
  )
}
