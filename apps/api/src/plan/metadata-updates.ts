import type { RowFreshness } from '@capstan/catalog/catalog'
import { serializeMetadata, type TypeMetadata } from '@capstan/catalog/type-metadata'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'

/**
 * Compares what the catalog says of types with what the cluster says now: of those that no model has to be asked about
 * again nobody writes a row, and still their columns may be others.
 */
export interface FactsCheck {
  note(definition: Definition): void
  /** New facts by resource. */
  outdated: ReadonlyMap<string, TypeMetadata>
}

export function createFactsCheck(standings: RowFreshness[]): FactsCheck {
  const known = new Map(standings.map(({ resource, metadata }) => [resource, metadata]))
  const outdated = new Map<string, TypeMetadata>()
  return {
    outdated,
    note: ({ type, printerColumns }) => {
      const { verbs, shortNames, categories } = type
      const facts = { verbs, shortNames, categories, printerColumns }
      const resource = resourceName(type)
      if (known.get(resource) !== serializeMetadata(facts)) outdated.set(resource, facts)
    },
  }
}
