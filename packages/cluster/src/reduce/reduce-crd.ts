import type { Definition } from '@capstan/shared/contract/definition'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { compareVersions } from '../discovery/compare-versions.ts'
import { operatorOf, type CrdFacts, type CrdVersion } from './crd-facts.ts'
import { isSchema } from './json-schema.ts'
import { makeDefinition } from './make-definition.ts'

/**
 * The definition of a CRD's type at the version that discovery chose, or at the next one that is not deprecated.
 * Undefined when the CRD serves no version.
 */
export function reduceCrd(
  crd: CrdFacts,
  type: ResourceType,
  budgetTokens: number,
): Definition | undefined {
  const version = chooseVersion(crd.spec.versions, type.version)
  if (!version) return undefined
  const schema = version.schema?.openAPIV3Schema
  return makeDefinition(
    { ...type, version: version.name, origin: 'crd' },
    {
      schema: isSchema(schema) ? { root: schema, named: {} } : undefined,
      subresources: Object.keys(version.subresources ?? {}),
      operator: operatorOf(crd),
      printerColumns: version.additionalPrinterColumns ?? [],
    },
    budgetTokens,
  )
}

/** Discovery does not tell which versions are deprecated; only the CRD does. */
function chooseVersion(versions: CrdVersion[], asked: string): CrdVersion | undefined {
  const served = versions
    .filter((version) => version.served)
    .toSorted((a, b) => compareVersions(a.name, b.name))
  const current = served.filter((version) => !version.deprecated)
  const discovered = served.find(({ name }) => name === asked)
  if (discovered && !discovered.deprecated) return discovered
  return current[0] ?? discovered ?? served[0]
}
