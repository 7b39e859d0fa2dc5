import { z } from 'zod'
import { PROVIDERS, Provider } from '@capstan/shared/contract/scan'
import { AppError } from '@capstan/shared/errors'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { routeOf } from '@capstan/shared/limits/route-of'
import { DIMENSIONS } from '@capstan/shared/limits/types'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
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
  breaker: z.object({ state: z.enum(['closed', 'open', 'half-open']), forMs: z.int() }),
  latencyMs: z.number().nullable().describe('Median of a call; null before the first.'),
})

const ProviderView = z.object({
  id: Provider,
  configured: z.boolean().describe('A live worker can serve it.'),
  default: z.boolean().describe('A scan that names none gets it.'),
  demo: z.boolean().describe('It answers by rules, not with a model.'),
  models: z.array(z.string()).describe('What the workers use when a scan names no model.'),
  workers: z.int().describe('Live workers that serve it.'),
  accounts: z.array(AccountView).describe('Its keys by name, and what they may do now.'),
})
type ProviderView = z.infer<typeof ProviderView>

type ProviderDeps = Pick<ApiDeps, 'redis' | 'keys' | 'defaults' | 'limiter'>

/** Who can answer. What workers announce is all that is known here: keys never leave them. */
export function providerRoutes(app: App, deps: ProviderDeps): void {
  app.get(
    '/providers',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'List the model providers',
        response: { 200: z.object({ data: z.array(ProviderView) }) },
      },
    },
    async () => ({ data: await listProviders(deps) }),
  )

  app.get(
    '/providers/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['queue'],
        summary: 'Read one model provider',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: ProviderView },
      },
    },
    async ({ params }) => {
      const found = (await listProviders(deps)).find(({ id }) => id === params.id)
      if (found) return found
      const hint = `There are: ${PROVIDERS.join(', ')}.`
      throw new AppError('NOT_FOUND', 'There is no such provider', { hint })
    },
  )
}

async function listProviders(deps: ProviderDeps): Promise<ProviderView[]> {
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
        accounts: await readAccounts(deps, id, serving),
      }
    }),
  )
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
