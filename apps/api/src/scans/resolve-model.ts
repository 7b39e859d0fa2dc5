import { defaultModel } from '@capstan/shared/config/default-model'
import type { Provider, StartScan } from '@capstan/shared/contract/scan'
import { AppError } from '@capstan/shared/errors'
import type { Price } from '@capstan/shared/prices/price'
import { priceOf } from '@capstan/shared/prices/price-table'
import { listSeenProviders } from '@capstan/shared/workers/seen-providers'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

export interface ChosenModel {
  provider: Provider
  model: string
  /** Null when nobody knows it. */
  price: Price | null
}

type Served = Omit<ChosenModel, 'price'>

/**
 * Who answers: the request, else the server's settings, else what live workers serve first, else what workers have served
 * within 30 days. A provider that no live worker serves is accepted when the settings or such a worker name it, because
 * workers may be scaled to zero; otherwise it is PROVIDER_NOT_CONFIGURED. Rules never answer because workers are absent.
 */
export async function resolveModel(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
  asked: Pick<StartScan, 'provider' | 'model'>,
): Promise<ChosenModel> {
  const { served, known } = await readKnown(deps)
  const usual = deps.defaults.provider ?? known[0]?.provider
  const provider = asked.provider ?? usual
  if (!provider) throw nothingServed()
  const isKnown = provider === usual || known.some((one) => one.provider === provider)
  if (!isKnown) throw notServed(provider, served)
  const configured = provider === usual ? deps.defaults.model : undefined
  const model = asked.model ?? configured ?? modelOf(provider, known)
  return { provider, model, price: priceOf(provider, model, deps.defaults.prices) }
}

/** Who answers when a scan names no provider; undefined when neither the settings nor a worker have named one. */
export async function readUsualProvider(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
): Promise<Provider | undefined> {
  return deps.defaults.provider ?? (await readKnown(deps)).known[0]?.provider
}

/** What live workers serve, and with it what workers have served within 30 days. */
async function readKnown({
  redis,
  keys,
}: Pick<ApiDeps, 'redis' | 'keys'>): Promise<{ served: Served[]; known: Served[] }> {
  const [workers, seen] = await Promise.all([
    listWorkers(redis, keys),
    listSeenProviders(redis, keys),
  ])
  const served = workers.filter(({ draining }) => !draining).flatMap(({ providers }) => providers)
  return { served, known: [...served, ...seen] }
}

function modelOf(provider: Provider, known: Served[]): string {
  return known.find((one) => one.provider === provider)?.model ?? defaultModel(provider)
}

/** No worker has ever said what it serves, so a choice would be a guess. */
function nothingServed(): AppError {
  return new AppError('PROVIDER_NOT_CONFIGURED', 'No worker has announced a provider yet', {
    hint: 'Start a worker, or set CAPSTAN_PROVIDER of the API.',
    retryable: true,
  })
}

function notServed(asked: Provider, served: Served[]): AppError {
  const names = [...new Set(served.map(({ provider }) => provider))]
  const key = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY', demo: '' }[asked]
  const fix = key === '' ? 'Start a worker' : `Start a worker with ${key}`
  const now = names.length === 0 ? 'no worker is running' : `the workers serve ${names.join(', ')}`
  return new AppError('PROVIDER_NOT_CONFIGURED', `No worker serves ${asked}; ${now}`, {
    hint: `${fix}, or leave \`provider\` out.`,
  })
}
