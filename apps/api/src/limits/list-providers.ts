import { z } from 'zod'
import { PROVIDERS, Provider } from '@capstan/shared/contract/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import type { AccountGauge } from '../plugins/metrics.ts'
import { AccountView, accountView } from './account-view.ts'
import { readEmbeddings } from './read-embeddings.ts'
import { resolveModel } from '../scans/resolve-model.ts'

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

export type ProviderDeps = Pick<ApiDeps, 'redis' | 'keys' | 'defaults' | 'limiter' | 'embeddings'>

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
): Promise<AccountView[]> {
  const own = workers.flatMap(({ accounts }) => accounts.filter((one) => one.provider === provider))
  const unique = new Map(own.map((account) => [`${account.name} ${account.model}`, account]))
  return Promise.all(
    [...unique.values()].map(({ name, model, weight }) =>
      accountView(limiter, { name, model, weight, purpose: 'models' }),
    ),
  )
}

/** The accounts of live workers, and that of the embeddings, as gauges show them. */
export async function accountGauges(deps: ProviderDeps): Promise<AccountGauge[]> {
  const [providers, embeddings] = await Promise.all([listProviders(deps), readEmbeddings(deps)])
  const gauge = (provider: string, { name, model, breaker, concurrency }: AccountView) => ({
    provider,
    account: name,
    model,
    breaker: breaker.state,
    concurrencyLimit: concurrency.limit,
  })
  return [
    ...providers.flatMap(({ id, accounts }) => accounts.map((account) => gauge(id, account))),
    ...(embeddings ? [gauge('embeddings', embeddings.account)] : []),
  ]
}
