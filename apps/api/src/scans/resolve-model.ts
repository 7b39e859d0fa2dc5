import { defaultModel } from '@capstan/shared/config/default-model'
import type { Provider } from '@capstan/shared/contract/provider'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'
import type { Price } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { listRecentProviders } from '@capstan/scan-store/workers/seen-providers'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

export interface ChosenModel {
  provider: Provider
  model: string
  /** Null when nobody knows it. */
  price: Price | null
}

type Served = Pick<ServedProvider, 'provider' | 'model' | 'problem'>

/**
 * Who answers: the request, else the server's settings, else what live workers serve first, else what workers have served
 * within 30 days. A provider that no live worker serves is accepted when the settings or such a worker name it, because
 * workers may be scaled to zero; otherwise it is PROVIDER_NOT_CONFIGURED, and so it is while no model is named and the base
 * URL of the workers has not said which one to use. Rules never answer because workers are absent.
 */
export async function resolveModel(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
  asked: Pick<ScanRequest, 'provider' | 'model'>,
): Promise<ChosenModel> {
  const { served, known } = await readKnown(deps)
  const usual = deps.defaults.provider ?? known[0]?.provider
  const provider = asked.provider ?? usual
  if (!provider) throw nothingServed()
  const isKnown = provider === usual || known.some((one) => one.provider === provider)
  if (!isKnown) throw notServed(provider, served)
  const configured = provider === usual ? deps.defaults.model : undefined
  const model = asked.model ?? configured ?? modelOf(provider, known)
  return { provider, model, price: findPrice(provider, model, deps.defaults.prices) }
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
    listRecentProviders(redis, keys),
  ])
  const served = workers.filter(({ draining }) => !draining).flatMap(({ providers }) => providers)
  return { served, known: [...served, ...seen] }
}

/** Without any worker so far, the vendor's own default; a worker at a compatible base URL says which model that has. */
function modelOf(provider: Provider, known: Served[]): string {
  const own = known.filter((one) => one.provider === provider)
  const model = own.find((one) => one.model !== null)?.model
  if (own.length > 0 && !model) throw noModel(provider, own[0]?.problem)
  return model ?? defaultModel(provider)
}

function noModel(provider: Provider, problem: ServedProvider['problem']): AppError {
  const why = problem?.detail ?? 'its workers have not said yet which models it has'
  return new AppError('PROVIDER_NOT_CONFIGURED', `No model of ${provider} is chosen: ${why}`, {
    hint: problem?.hint ?? 'Set CAPSTAN_MODEL, or name `model` in the scan.',
    retryable: true,
  })
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
  const name = asked.toUpperCase()
  const fix =
    asked === 'demo'
      ? 'Start a worker'
      : `Start a worker with ${name}_API_KEY, or with ${name}_BASE_URL of a server without keys`
  const now = names.length === 0 ? 'no worker is running' : `the workers serve ${names.join(', ')}`
  return new AppError('PROVIDER_NOT_CONFIGURED', `No worker serves ${asked}; ${now}`, {
    hint: `${fix}, or leave \`provider\` out.`,
  })
}
