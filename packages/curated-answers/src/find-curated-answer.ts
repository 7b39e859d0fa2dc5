import type { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import { openCuratedAnswers, type CuratedQuestion } from './curated-answers.ts'
import { readDataFile } from './data-files.ts'

const curated = openCuratedAnswers(readDataFile)

/** Version of the curated answers: the model name in the provenance of their rows. */
export const CURATED_VERSION: string = curated.version

/**
 * The curated answer about a type. Pure and synchronous; reads a file of the data at the first question about its API group.
 * Undefined for an unknown type, and for one whose kind or scope differs from the facts of its row.
 */
export function findCuratedAnswer(definition: CuratedQuestion): CapabilityAnswer | undefined {
  return curated.find(definition)
}
