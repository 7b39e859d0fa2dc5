import { createHash } from 'node:crypto'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { canonicalText } from './canonical-text.ts'
import type { TypeSchema } from './type-schema.ts'

/** Text is hashed in pieces of about this many characters: one call for each member would be slow. */
const PIECE = 65_536

/**
 * SHA-256 of the canonical definition: what a type is, whatever order, white space or metadata a server sends it
 * with. The CRD and the OpenAPI document of one type give the same hash.
 */
export function definitionHash(
  type: ResourceType,
  subresources: string[],
  schema: TypeSchema | undefined,
): string {
  const { group, kind, plural, scope, version } = type
  const facts = { group, kind, plural, scope, subresources: subresources.toSorted(), version }
  const hash = createHash('sha256').update(`{"type":${JSON.stringify(facts)},"schema":`)
  let piece = ''
  for (const part of schema ? canonicalText(schema.root, schema.named) : ['null']) {
    piece += part
    if (piece.length < PIECE) continue
    hash.update(piece)
    piece = ''
  }
  return hash.update(`${piece}}`).digest('hex')
}
