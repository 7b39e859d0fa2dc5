import { createHash } from 'node:crypto'
import { COMPOSITION_REVISION } from './compose-service-answer.ts'

/** Computes the version of the data: a hash of the parsed files by name and of the composition. */
export function computeDataVersion(files: ReadonlyMap<string, unknown>): string {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([COMPOSITION_REVISION, sorted])
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
