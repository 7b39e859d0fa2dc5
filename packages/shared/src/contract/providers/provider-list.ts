import { z } from 'zod'
import { DailyBudgetView } from '../daily-budget.ts'
import { EmbeddingsView } from './embeddings-view.ts'
import { ProviderView } from './provider-view.ts'

/** Response of GET /providers. */
export const ProviderList = z.object({
  data: z.array(ProviderView),
  embeddings: EmbeddingsView.nullable().describe(
    'Null without an embedding model: the search uses built-in features.',
  ),
  dailyBudget: DailyBudgetView.describe('Spend of all scans today (UTC), and the daily limits.'),
})
export type ProviderList = z.infer<typeof ProviderList>
