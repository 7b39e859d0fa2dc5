import { z } from 'zod'
import { EMBEDDINGS_ACCOUNT } from '@capstan/limits/admission/limit-embedder'
import type { ApiDeps } from '../deps.ts'
import { AccountView, readAccountView } from './account-view.ts'

export const EmbeddingsView = z.object({
  model: z.string(),
  dimensions: z.int().describe('Length of the vectors.'),
  account: AccountView.describe('The account of its key, which the API holds.'),
})
type EmbeddingsView = z.infer<typeof EmbeddingsView>

/** Returns null without an embedding model: the search then uses built-in features. */
export async function readEmbeddings(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'limiter' | 'embeddings'>,
): Promise<EmbeddingsView | null> {
  const { embeddings } = deps
  if (!embeddings) return null
  const { model } = embeddings
  const account = { name: EMBEDDINGS_ACCOUNT, model, weight: 1, dialect: null }
  return {
    ...embeddings,
    account: await readAccountView(deps, { ...account, purpose: 'embeddings' }),
  }
}
