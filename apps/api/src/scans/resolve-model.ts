import { defaultModel } from '@capstan/shared/config/default-model'
import type { Provider, StartScan } from '@capstan/shared/contract/scan'
import { AppError } from '@capstan/shared/errors'
import type { Price } from '@capstan/shared/prices/price'
import { priceOf } from '@capstan/shared/prices/price-table'
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
 * Who answers: the request, else the server's settings, else what the workers serve first, else `demo`. A
 * provider that was asked for by name must be served by a live worker, or it is PROVIDER_NOT_CONFIGURED.
 */
export async function resolveModel(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
  asked: Pick<StartScan, 'provider' | 'model'>,
): Promise<ChosenModel> {
  const workers = await listWorkers(deps.redis, deps.keys)
  const served = workers.filter(({ draining }) => !draining).flatMap(({ providers }) => providers)
  if (asked.provider && !served.some(({ provider }) => provider === asked.provider)) {
    throw notServed(asked.provider, served)
  }
  const usual = deps.defaults.provider ?? served[0]?.provider ?? 'demo'
  const provider = asked.provider ?? usual
  const configured = provider === usual ? deps.defaults.model : undefined
  const model = asked.model ?? configured ?? modelOf(provider, served)
  return { provider, model, price: priceOf(provider, model, deps.defaults.prices) }
}

function modelOf(provider: Provider, served: Served[]): string {
  return served.find((one) => one.provider === provider)?.model ?? defaultModel(provider)
}

function notServed(asked: Provider, served: Served[]): AppError {
  const names = [...new Set(served.map(({ provider }) => provider))]
  const key = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY', demo: '' }[asked]
  const mend = key === '' ? 'Start a worker' : `Start a worker with ${key}`
  const now = names.length === 0 ? 'no worker is running' : `the workers serve ${names.join(', ')}`
  return new AppError('PROVIDER_NOT_CONFIGURED', `No worker serves ${asked}; ${now}`, {
    hint: `${mend}, or leave \`provider\` out.`,
  })
}
