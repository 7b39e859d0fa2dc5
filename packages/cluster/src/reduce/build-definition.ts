import { createHash } from 'node:crypto'
import type { Definition } from '@capstan/shared/contract/definition'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { findOutlineSuspicions } from '@capstan/shared/inference/suspicion/find-outline-suspicions'
import { definitionHash } from './definition-hash.ts'
import { makeOutline } from './outline.ts'
import { selectPrinterColumns } from './select-printer-columns.ts'
import type { TypeSource } from './type-schema.ts'

/** Builds the definition of a type: its outline within `budgetTokens`, and the hashes of outline and canonical definition. */
export function buildDefinition(
  type: ResourceType,
  source: TypeSource,
  budgetTokens: number,
): Definition {
  const outline = makeOutline(type, source, budgetTokens)
  return {
    type,
    ...outline,
    suspicions: findOutlineSuspicions(outline.outline),
    printerColumns: selectPrinterColumns(type, source.printerColumns),
    definitionHash: definitionHash(type, source.subresources, source.schema),
    outlineHash: createHash('sha256').update(outline.outline).digest('hex'),
  }
}
