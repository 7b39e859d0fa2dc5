import type { Provider } from '@capstan/shared/contract/provider'
import type { BatchModel } from '@capstan/shared/inference/batch-types'
import type { Model } from '@capstan/shared/inference/types'
import type { AnthropicSettings } from './anthropic-settings.ts'
import { CALL_TIMEOUT_MS } from './call-timeout.ts'
import type { OpenAiSettings } from './openai-settings.ts'

export interface ModelSettings {
  anthropic?: Omit<AnthropicSettings, 'timeoutMs'> | undefined
  openai?: Omit<OpenAiSettings, 'timeoutMs'> | undefined
  timeoutMs?: number | undefined
}

export interface Models {
  /** Providers with settings. `demo` is no model. */
  readonly providers: Provider[]
  get(provider: Provider, model: string): Model | undefined
  /** Undefined: the provider has no settings, or no batch API. */
  batches(provider: Provider, model: string): BatchModel | undefined
}

/**
 * Opens the models of all providers with settings. Loads only their SDKs: one takes a fifth of the CPU time of a start
 * of a worker.
 */
export async function openModels(settings: ModelSettings): Promise<Models> {
  const timeoutMs = settings.timeoutMs ?? CALL_TIMEOUT_MS
  const factories = new Map<Provider, (model: string) => Model>()
  const batches = new Map<Provider, (model: string) => BatchModel>()
  if (settings.anthropic) {
    const [{ openAnthropicModels }, { openAnthropicBatches }] = await Promise.all([
      import('./anthropic-model.ts'),
      import('./batch/anthropic-batches.ts'),
    ])
    factories.set('anthropic', openAnthropicModels({ ...settings.anthropic, timeoutMs }))
    batches.set('anthropic', openAnthropicBatches({ ...settings.anthropic, timeoutMs }))
  }
  if (settings.openai) {
    const [{ openOpenAiModels }, { openOpenAiBatches }] = await Promise.all([
      import('./openai-model.ts'),
      import('./batch/openai-batches.ts'),
    ])
    factories.set('openai', openOpenAiModels({ ...settings.openai, timeoutMs }))
    batches.set('openai', openOpenAiBatches({ ...settings.openai, timeoutMs }))
  }
  return {
    providers: [...factories.keys()],
    get: (provider, model) => factories.get(provider)?.(model),
    batches: (provider, model) => batches.get(provider)?.(model),
  }
}
