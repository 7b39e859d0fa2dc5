import { CURATED_PROVIDER } from '../contract/answer-source.ts'
import type { Definition } from '../contract/definition.ts'
import type { CapabilityAnswer } from '../contract/inferred-capability.ts'
import type { StoredResult } from '../contract/stored-result.ts'
import { NO_USAGE } from '../contract/usage.ts'
import { contentKey } from './content-key.ts'
import { promptVersion } from './prompt.ts'

/** The curated answers of this version of Capstan. */
export interface CuratedLookup {
  /** Changes with the answers. */
  version: string
  /** Undefined for an unknown type, and for a type with another scope or kind than the known one. */
  find(definition: Pick<Definition, 'type' | 'outline'>): CapabilityAnswer | undefined
}

/** A curated answer in the form of a model's answer. */
export interface CuratedResult {
  result: StoredResult
  contentKey: string
}

/**
 * Finds the curated answer about a definition. It has no usage, no worker and no attempt. Its content key changes with the
 * outline of the type and with the version of the answers.
 */
export function findCuratedResult(
  { version, find }: CuratedLookup,
  definition: Definition,
  { scanId, inferredAt }: Pick<StoredResult, 'scanId' | 'inferredAt'>,
): CuratedResult | undefined {
  const answer = find(definition)
  if (!answer) return undefined
  const { outlineHash } = definition
  return {
    contentKey: contentKey({ outlineHash, provider: CURATED_PROVIDER, model: version }),
    result: {
      answer,
      usage: NO_USAGE,
      model: version,
      promptVersion,
      sharedWith: 0,
      requestId: null,
      scanId,
      worker: null,
      attempt: null,
      inferredAt,
      durationMs: 0,
    },
  }
}
