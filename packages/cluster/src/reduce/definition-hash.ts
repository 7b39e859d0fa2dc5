import { createHash } from 'node:crypto'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { canonicalText } from './canonical-text.ts'
import type { TypeSchema } from './type-schema.ts'

/** Characters per hash update. One update per member would be slow. */
const CHUNK_LENGTH = 65_536

/**
 * SHA-256 of the canonical definition. Independent of order, white space and server metadata: the CRD and the OpenAPI
 * document of a type have the same hash.
 */
export function definitionHash(
  type: ResourceType,
  subresources: string[],
  schema: TypeSchema | undefined,
): string {
  const { group, kind, plural, scope, version } = type
  const identity = { group, kind, plural, scope, subresources: subresources.toSorted(), version }
  const hash = createHash('sha256').update(`{"type":${JSON.stringify(identity)},"schema":`)
  let chunk = ''
  for (const part of schema ? canonicalText(schema.root, schema.named) : ['null']) {
    chunk += part
    if (chunk.length < CHUNK_LENGTH) continue
    hash.update(chunk)
    chunk = ''
  }
  return hash.update(`${chunk}}`).digest('hex')
}
