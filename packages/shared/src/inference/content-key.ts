import { createHash } from 'node:crypto'
import { promptVersion } from './prompt.ts'

/** Incremented when the meaning of answer fields changes without a change of prompt or schema. */
const ANSWER_SCHEMA_VERSION = 1

/**
 * Computes the storage key of an answer: SHA-256 of everything that the model sees of a type, and of the model. Equal keys mean
 * equal questions across scans and clusters, so no answer is paid for twice. Other types in the same call are not part of the
 * key; the answer records their number (`sharedWith`).
 */
export function contentKey(asked: {
  outlineHash: string
  provider: string
  model: string
}): string {
  const parts = [
    asked.outlineHash,
    promptVersion,
    ANSWER_SCHEMA_VERSION,
    asked.provider,
    asked.model,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
