import { createHash } from 'node:crypto'
import { promptVersion } from './prompt.ts'

/** Raised by hand when the meaning of the answer's fields changes in a way neither prompt nor schema shows. */
const ANSWER_SCHEMA_VERSION = 1

/**
 * Name of an answer: SHA-256 over all that says something about the type, and what the model is. Equal keys mean an equal
 * question, whoever asks, in whichever cluster, so the answer is never paid for twice. Not in it: the types that one call
 * asked about as well. Such an answer says so of itself (`packedWith`).
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
