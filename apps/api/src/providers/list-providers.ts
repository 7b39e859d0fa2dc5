import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import type { Provider } from '@capstan/shared/contract/provider'
import type { AccountView } from '@capstan/shared/contract/providers/account-view'
import type { ProviderView } from '@capstan/shared/contract/providers/provider-view'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { findBlock } from '@capstan/limits/limiter/find-block'
import {
  listBlockedLimitKeys,
  type BlockedLimitKey,
} from '@capstan/limits/limiter/list-blocked-limit-keys'
import type { Route } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { readAccountView, type AccountGauge } from './account-view.ts'
import { readEmbeddings } from './read-embeddings.ts'
import { resolveDefaultProvider } from './resolve-model.ts'

export type ProviderDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'routes' | 'defaults' | 'limiter' | 'embeddings'
>

/** Lists the providers as announced by workers, because the API holds no keys. */
export async function listProviders(deps: ProviderDeps): Promise<ProviderView[]> {
  const [workers, defaultProvider, live, blocked] = await Promise.all([
    listWorkers(deps.redis, deps.keys),
    resolveDefaultProvider(deps),
    deps.routes.live(),
    listBlockedLimitKeys(deps.redis, deps.keys, MAX_ACCOUNTS),
  ])
  const accounts = await withDialects(deps, listAccounts(workers, live, blocked))
  return Promise.all(
    PROVIDERS.map(async (id) => {
      const serving = workers.filter(({ providers }) =>
        providers.some((one) => one.provider === id),
      )
      const announced = serving.flatMap(({ providers }) => providers)
      const own = announced.filter(({ provider }) => provider === id)
      return {
        id,
        configured: serving.length > 0,
        default: defaultProvider === id,
        demo: id === 'demo',
        models: [...new Set(own.flatMap(({ model }) => model ?? []))],
        endpoints: [...new Set(own.flatMap(({ endpoint }) => endpoint ?? []))],
        problem: own.flatMap(({ problem }) => problem ?? [])[0] ?? null,
        workers: serving.length,
        fallback: listFallbackModels(serving),
        accounts: await readAccounts(deps, id, accounts),
      }
    }),
  )
}

function listFallbackModels(workers: WorkerStatus[]): string[] {
  const named = workers.flatMap(({ fallback = [] }) =>
    fallback.map((to) => `${to.provider}/${to.model}`),
  )
  return [...new Set(named)]
}

/** Scans may use any model, so the number of paused limit keys is unbounded. */
const MAX_ACCOUNTS = 200

type Account = WorkerStatus['accounts'][number] & { model: string }

/**
 * Lists each account of live workers once with its default model, then with the models of live routes, then other
 * blocked models.
 */
function listAccounts(
  workers: WorkerStatus[],
  live: Route[],
  blocked: BlockedLimitKey[],
): Account[] {
  const announced = workers.flatMap(({ accounts }) => accounts)
  const onRoutes = live.flatMap(({ provider, model }) =>
    announced
      .filter((account) => account.provider === provider)
      .map((account) => ({ ...account, model })),
  )
  const paused = blocked.map(({ account: name, provider, model }) => {
    const known = announced.find((one) => one.name === name)
    return { provider, model, name, weight: known?.weight ?? 1 }
  })
  const unique = new Map<string, Account>()
  for (const account of [...announced.filter(hasModel), ...onRoutes, ...paused]) {
    const key = createKey(account)
    if (unique.size < MAX_ACCOUNTS && !unique.has(key)) unique.set(key, account)
  }
  return [...unique.values()]
}

/** An account without a model has no limits yet. */
function hasModel(account: WorkerStatus['accounts'][number]): account is Account {
  return account.model !== null
}

function createKey({ provider, name, model }: Account): string {
  return JSON.stringify([provider, name, model])
}

type KnownAccount = Account & Pick<AccountView, 'dialect'>

async function withDialects(
  { redis, keys }: Pick<ProviderDeps, 'redis' | 'keys'>,
  accounts: Account[],
): Promise<KnownAccount[]> {
  const limitKeys = accounts.map(({ name, model }) => ({ account: name, model }))
  const dialects = await openDialectMemory(redis, keys).list(limitKeys)
  return accounts.map((account, index) => ({ ...account, dialect: dialects[index] ?? null }))
}

async function readAccounts(
  deps: ProviderDeps,
  provider: Provider,
  accounts: KnownAccount[],
): Promise<AccountView[]> {
  return Promise.all(
    accounts
      .filter((account) => account.provider === provider)
      .map(({ name, model, weight, dialect }) =>
        readAccountView(deps, { name, model, weight, dialect, purpose: 'models' }, provider),
      ),
  )
}

/** Reads the accounts of live workers and of embeddings as gauges. */
export async function readAccountGauges(deps: ProviderDeps): Promise<AccountGauge[]> {
  const [providers, embeddings] = await Promise.all([listProviders(deps), readEmbeddings(deps)])
  const gauge = (provider: string, view: AccountView): AccountGauge => ({
    provider,
    account: view.name,
    model: view.model,
    breaker: view.breaker.state,
    concurrencyLimit: view.concurrency.limit,
    pausedMs: findBlock(view)?.forMs ?? 0,
  })
  return [
    ...providers.flatMap(({ id, accounts }) => accounts.map((account) => gauge(id, account))),
    ...(embeddings ? [gauge('embeddings', embeddings.account)] : []),
  ]
}
