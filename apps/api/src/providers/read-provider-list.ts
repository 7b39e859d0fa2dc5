import type { ProviderList } from '@capstan/shared/contract/providers/provider-list'
import { listProviders, type ProviderDeps } from './list-providers.ts'
import { readDailyBudget } from './read-daily-budget.ts'
import { readEmbeddings } from './read-embeddings.ts'

/** Reads the response of GET /providers. */
export async function readProviderList(deps: ProviderDeps): Promise<ProviderList> {
  const [data, embeddings, dailyBudget] = await Promise.all([
    listProviders(deps),
    readEmbeddings(deps),
    readDailyBudget(deps),
  ])
  return { data, embeddings, dailyBudget }
}
