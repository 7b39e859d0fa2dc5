import type { Provider } from '@capstan/shared/contract/provider'
import type { BatchModel } from '@capstan/shared/inference/batch-types'
import type { Model } from '@capstan/shared/inference/types'
import { anthropicBatches } from './anthropic-batches.ts'
import { anthropicModels } from './anthropic-model.ts'
import type { AnthropicSettings } from './anthropic-settings.ts'
import { CALL_TIMEOUT_MS } from './call-deadline.ts'
import { demoModel } from '@capstan/demo-rules/demo-model'
import { openAiBatches } from './openai-batches.ts'
import { openAiModels } from './openai-model.ts'
import type { OpenAiSettings } from './openai-settings.ts'

export interface ModelSettings {
  anthropic?: Omit<AnthropicSettings, 'timeoutMs'> | undefined
  openai?: Omit<OpenAiSettings, 'timeoutMs'> | undefined
  timeoutMs?: number | undefined
}

export interface Models {
  /** Providers that can be served: those with settings, and always `demo`. */
  readonly providers: Provider[]
  get(provider: Provider, model: string): Model | undefined
  /** Undefined: the provider has no settings here, or no batch API (`demo`). */
  batches(provider: Provider, model: string): BatchModel | undefined
}

/** Every provider that there are settings for, behind one interface. */
export function openModels(settings: ModelSettings): Models {
  const timeoutMs = settings.timeoutMs ?? CALL_TIMEOUT_MS
  const factories = new Map<Provider, (model: string) => Model>()
  const batches = new Map<Provider, (model: string) => BatchModel>()
  if (settings.anthropic) {
    factories.set('anthropic', anthropicModels({ ...settings.anthropic, timeoutMs }))
    batches.set('anthropic', anthropicBatches({ ...settings.anthropic, timeoutMs }))
  }
  if (settings.openai) {
    factories.set('openai', openAiModels({ ...settings.openai, timeoutMs }))
    batches.set('openai', openAiBatches({ ...settings.openai, timeoutMs }))
  }
  factories.set('demo', demoModel)
  return {
    providers: [...factories.keys()],
    get: (provider, model) => factories.get(provider)?.(model),
    batches: (provider, model) => batches.get(provider)?.(model),
  }
}
