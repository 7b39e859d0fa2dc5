import { openModels } from '@capstan/llm/open-models'
import { readDeploymentName } from '@capstan/shared/config/endpoint-vendor'
import { ItemError } from '@capstan/shared/errors'
import type { Model } from '@capstan/shared/inference/types'
import { describeEndpoint } from './endpoint.ts'
import { readAccountLimits } from './account-limits.ts'
import type { AccountSettings } from './account-settings.ts'
import type { Account } from './account.ts'

interface CallSettings {
  timeoutMs: number
  /** Endpoints are assumed to accept the full dialect. */
  assumesFullDialect?: boolean | undefined
}

/** Opens the accounts of this worker with their SDK clients. */
export async function openAccounts(
  accounts: AccountSettings[],
  calls: CallSettings,
): Promise<Account[]> {
  return Promise.all(accounts.map((settings) => openAccount(settings, calls)))
}

async function openAccount(
  settings: AccountSettings,
  { timeoutMs, assumesFullDialect }: CallSettings,
): Promise<Account> {
  const { name, provider, apiKey, baseUrl, apiVersion, headers, limits, weight } = settings
  const client = {
    apiKey,
    baseUrl,
    headers,
    assumesFullDialect,
    ...(provider === 'openai' ? { apiVersion } : {}),
  }
  const models = await openModels({ [provider]: client, timeoutMs })
  return {
    name,
    provider,
    weight,
    endpoint: describeEndpoint(settings),
    limits: readAccountLimits(provider, limits, baseUrl),
    model: (wanted) => {
      const model = models.get(provider, wanted)
      if (!model) throw new Error(`account ${name} has no client for ${provider}`)
      return isOther(settings, wanted) ? refuseModel(settings, model) : model
    },
    batches: (wanted) => models.batches(provider, wanted),
  }
}

/** A deployment answers with its own model and ignores the model in the body. */
function isOther({ baseUrl, model }: AccountSettings, wanted: string): boolean {
  const deployment = baseUrl === undefined ? undefined : readDeploymentName(baseUrl)
  return deployment !== undefined && wanted !== deployment && wanted !== model
}

function refuseModel({ name, model: own }: AccountSettings, model: Model): Model {
  return {
    ...model,
    ask: () => {
      const title = `The base URL of account ${name} is bound to one deployment, which is not ${model.model}`
      const hint = `Let the scan use the model ${own}, or add an account for the other deployment.`
      return Promise.reject(new ItemError('provider_not_configured', 'pause-scan', title, { hint }))
    },
  }
}
