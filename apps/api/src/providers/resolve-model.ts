import { defaultModel } from '@capstan/shared/config/default-model'
import type { Provider } from '@capstan/shared/contract/provider'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'
import type { Price } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { listRecentProviders } from '@capstan/scan-store/workers/recent-providers'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

export interface ModelChoice {
  provider: Provider
  model: string
  /** Null for an unknown price. */
  price: Price | null
}

type Served = Pick<ServedProvider, 'provider' | 'model' | 'problem'>

/**
 * Chooses provider and model of a scan: from the request, else the settings, else live workers, else workers of the
 * last 30 days. A provider without a live worker is accepted when the settings or such a worker name it, because
 * workers may be scaled to zero. AppError PROVIDER_NOT_CONFIGURED otherwise, and while the model is unknown because
 * workers have not read it from their base URL. Rules are never a substitute for absent workers.
 */
export async function resolveModel(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
  request: Pick<ScanRequest, 'provider' | 'model'>,
): Promise<ModelChoice> {
  const { served, known } = await readProviders(deps)
  const fallback = deps.defaults.provider ?? known[0]?.provider
  const provider = request.provider ?? fallback
  if (!provider) throw noProviderError()
  const isKnown = provider === fallback || known.some((one) => one.provider === provider)
  if (!isKnown) throw notServedError(provider, served)
  const configured = provider === fallback ? deps.defaults.model : undefined
  const model = request.model ?? configured ?? chooseModel(provider, known)
  return { provider, model, price: findPrice(provider, model, deps.defaults.prices) }
}

/** Returns the provider of scans that request none; undefined when neither the settings nor a worker name one. */
export async function resolveDefaultProvider(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
): Promise<Provider | undefined> {
  return deps.defaults.provider ?? (await readProviders(deps)).known[0]?.provider
}

/** Reads the providers of live workers, and of workers of the last 30 days. */
async function readProviders({
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

/** Returns the default model of the workers. Without any worker it is the default of the vendor. */
function chooseModel(provider: Provider, known: Served[]): string {
  const own = known.filter((one) => one.provider === provider)
  const model = own.find((one) => one.model !== null)?.model
  if (own.length > 0 && !model) throw noModelError(provider, own[0]?.problem)
  return model ?? defaultModel(provider)
}

function noModelError(provider: Provider, problem: ServedProvider['problem']): AppError {
  const why = problem?.detail ?? 'its workers have not reported its models yet'
  return new AppError('PROVIDER_NOT_CONFIGURED', `No model of ${provider} is selected: ${why}`, {
    hint: problem?.hint ?? 'Set CAPSTAN_MODEL, or set `model` in the request.',
    retryable: true,
  })
}

/** No worker has announced a provider yet, so a choice would be a guess. */
function noProviderError(): AppError {
  return new AppError('PROVIDER_NOT_CONFIGURED', 'No worker has announced a provider yet', {
    hint: 'Start a worker, or set CAPSTAN_PROVIDER for the API.',
    retryable: true,
  })
}

function notServedError(provider: Provider, served: Served[]): AppError {
  const names = [...new Set(served.map(({ provider }) => provider))]
  const name = provider.toUpperCase()
  const fix =
    provider === 'demo'
      ? 'Start a worker'
      : `Start a worker with ${name}_API_KEY, or with ${name}_BASE_URL for a server without keys`
  const now = names.length === 0 ? 'no worker is running' : `the workers serve ${names.join(', ')}`
  return new AppError('PROVIDER_NOT_CONFIGURED', `No worker serves ${provider}; ${now}`, {
    hint: `${fix}, or omit \`provider\`.`,
  })
}
