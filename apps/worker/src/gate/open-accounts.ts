import { openModels } from '@capstan/llm/open-models'
import type { Provider } from '@capstan/shared/contract/scan'
import { describeEndpoint } from '../accounts/endpoint.ts'
import { accountLimits } from './account-limits.ts'
import type { AccountSettings } from './account-settings.ts'
import type { Account } from './account.ts'

/** The accounts of this worker with their clients. */
export function openAccounts(accounts: AccountSettings[], timeoutMs: number): Account[] {
  return accounts.map((settings) => openAccount(settings, timeoutMs))
}

function openAccount(settings: AccountSettings, timeoutMs: number): Account {
  const { name, provider, model: defaultModel, limits, weight } = settings
  const models = openModels({ ...clientOf(settings), timeoutMs })
  return {
    name,
    provider,
    defaultModel,
    weight,
    endpoint: describeEndpoint(settings),
    limits: accountLimits(provider, limits),
    model: (wanted) => {
      const model = models.get(provider, wanted)
      if (!model) throw new Error(`account ${name} has no client for ${provider}`)
      return model
    },
    batches: (wanted) => models.batches(provider, wanted),
  }
}

function clientOf({ provider, apiKey, baseUrl }: AccountSettings) {
  const clients: Record<Provider, object> = {
    anthropic: { anthropic: { apiKey, baseUrl } },
    openai: { openai: { apiKey, baseUrl } },
    demo: {},
  }
  return clients[provider]
}
