import { z } from 'zod'
import { EMBEDDINGS_ACCOUNT } from '@capstan/limits/limit-embedder'
import type { ApiDeps } from '../deps.ts'
import { AccountView, accountView } from './account-view.ts'

export const EmbeddingsView = z.object({
  model: z.string(),
  dimensions: z.int().describe('Length of its vectors.'),
  account: AccountView.describe('Its key, which the API holds itself, and what it may do now.'),
})
type EmbeddingsView = z.infer<typeof EmbeddingsView>

/** Null when no embeddings are made: the search goes by built-in features. */
export async function readEmbeddings(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'limiter' | 'embeddings'>,
): Promise<EmbeddingsView | null> {
  const { embeddings } = deps
  if (!embeddings) return null
  const { model } = embeddings
  const named = { name: EMBEDDINGS_ACCOUNT, model, weight: 1, dialect: null }
  return {
    ...embeddings,
    account: await accountView(deps, { ...named, purpose: 'embeddings' }),
  }
}
