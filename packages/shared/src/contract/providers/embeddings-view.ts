import { z } from 'zod'
import { AccountView } from './account-view.ts'

/** The embedding model of the search. */
export const EmbeddingsView = z.object({
  model: z.string(),
  dimensions: z.int().describe('Length of the vectors.'),
  account: AccountView.describe('The account of its key, which the API holds.'),
})
export type EmbeddingsView = z.infer<typeof EmbeddingsView>
