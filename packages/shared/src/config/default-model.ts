import type { Provider } from '../contract/provider.ts'

/** The small current model of each provider, if neither the scan nor CAPSTAN_MODEL names a model. */
const DEFAULT_MODELS: Record<Provider, string> = {
  anthropic: 'claude-haiku-5-5',
  openai: 'gpt-6-luna',
  demo: 'demo-rules',
}

export function defaultModel(provider: Provider): string {
  return DEFAULT_MODELS[provider]
}
