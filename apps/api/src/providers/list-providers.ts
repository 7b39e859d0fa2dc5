import { z } from 'zod'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import { EndpointProblem, type WorkerStatus } from '@capstan/shared/contract/worker-status'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { blockOf } from '@capstan/limits/block-of'
import { listBlocked, type BlockedLimitKey } from '@capstan/limits/list-blocked'
import type { Route } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import type { AccountGauge } from '../plugins/metrics.ts'
import { AccountView, accountView } from './account-view.ts'
import { readEmbeddings } from './read-embeddings.ts'
import { readUsualProvider } from '../scans/resolve-model.ts'

export const ProviderView = z.object({
  id: Provider,
  configured: z.boolean().describe('A live worker can serve it.'),
  default: z.boolean().describe('A scan that names none gets it.'),
  demo: z.boolean().describe('It answers by rules, not with a model.'),
  models: z.array(z.string()).describe('What the workers use when a scan names no model.'),
  endpoints: z
    .array(z.string())
    .describe('Base URLs of the workers that are not the vendor’s own.'),
  problem: EndpointProblem.nullable().describe(
    'What is wrong with its base URL or default model, and the setting to change; null when nothing is known to be.',
  ),
  workers: z.int().describe('Live workers that serve it.'),
  fallback: z
    .array(z.string())
    .describe('Models that answer in its place when it stays down, best first.'),
  accounts: z
    .array(AccountView)
    .describe(
      'Its keys by name, and what they may do now: each with its default model, with the models of live routes, and with every other model that is paused. At most 200 of all providers.',
    ),
})
type ProviderView = z.infer<typeof ProviderView>

export type ProviderDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'routes' | 'defaults' | 'limiter' | 'embeddings'
>

/** Who can answer. What workers announce is all that is known here: keys never leave them. */
export async function listProviders(deps: ProviderDeps): Promise<ProviderView[]> {
  const [workers, usual, live, blocked] = await Promise.all([
    listWorkers(deps.redis, deps.keys),
    readUsualProvider(deps),
    deps.routes.live(),
    listBlocked(deps.redis, deps.keys, MOST_ACCOUNTS),
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
        default: usual === id,
        demo: id === 'demo',
        models: [...new Set(own.flatMap(({ model }) => model ?? []))],
        endpoints: [...new Set(own.flatMap(({ endpoint }) => endpoint ?? []))],
        problem: own.flatMap(({ problem }) => problem ?? [])[0] ?? null,
        workers: serving.length,
        fallback: fallbackOf(serving),
        accounts: await readAccounts(deps, id, accounts),
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

/** Scans may name any model, so the number of paused limit keys has no bound of its own. */
const MOST_ACCOUNTS = 200

type Account = WorkerStatus['accounts'][number] & { model: string }

/**
 * Each account of live workers once with its default model, however many hold its key; then with the models of live routes;
 * then what is blocked beside these.
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
    const key = keyOf(account)
    if (unique.size < MOST_ACCOUNTS && !unique.has(key)) unique.set(key, account)
  }
  return [...unique.values()]
}

/** Without one it has no limits of its own yet. */
function hasModel(account: WorkerStatus['accounts'][number]): account is Account {
  return account.model !== null
}

function keyOf({ provider, name, model }: Account): string {
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
        accountView(deps, { name, model, weight, dialect, purpose: 'models' }, provider),
      ),
  )
}

/** The accounts of live workers, and that of the embeddings, as gauges show them. */
export async function accountGauges(deps: ProviderDeps): Promise<AccountGauge[]> {
  const [providers, embeddings] = await Promise.all([listProviders(deps), readEmbeddings(deps)])
  const gauge = (provider: string, view: AccountView): AccountGauge => ({
    provider,
    account: view.name,
    model: view.model,
    breaker: view.breaker.state,
    concurrencyLimit: view.concurrency.limit,
    pausedMs: blockOf(view)?.forMs ?? 0,
  })
  return [
    ...providers.flatMap(({ id, accounts }) => accounts.map((account) => gauge(id, account))),
    ...(embeddings ? [gauge('embeddings', embeddings.account)] : []),
  ]
}
