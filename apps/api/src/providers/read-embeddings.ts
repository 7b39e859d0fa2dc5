import type { EmbeddingsView } from '@capstan/shared/contract/providers/embeddings-view'
import { EMBEDDINGS_ACCOUNT } from '@capstan/limits/admission/limit-embedder'
import type { ApiDeps } from '../deps.ts'
import { readAccountView } from './account-view.ts'

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
