import { ItemError } from '@capstan/shared/errors'
import { ReindexRequiredError } from './in-process/semantic-index.ts'

/** The note of a search whose query could not be embedded. It names the cause if only a person can remove it. */
export function describeEmbeddingFailure(error: unknown): string {
  if (error instanceof ReindexRequiredError) return error.message
  const isPermanent = error instanceof ItemError && error.policy === 'pause-scan'
  return isPermanent
    ? `Only words were compared. ${error.message}`
    : 'The embedding model does not answer, so only words were compared.'
}
