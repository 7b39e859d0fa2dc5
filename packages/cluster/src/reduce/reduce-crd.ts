import type { Definition } from '@capstan/shared/contract/definition'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { compareApiVersions } from '../discovery/compare-api-versions.ts'
import {
  findOperator,
  type CustomResourceDefinition,
  type CrdVersionSpec,
} from './custom-resource-definition.ts'
import { isSchema } from './json-schema.ts'
import { buildDefinition } from './build-definition.ts'

/**
 * The definition of a CRD's type at the version that discovery chose, or at the next one that is not deprecated.
 * Undefined when the CRD serves no version.
 */
export function reduceCrd(
  crd: CustomResourceDefinition,
  type: ResourceType,
  budgetTokens: number,
): Definition | undefined {
  const version = chooseVersion(crd.spec.versions, type.version)
  if (!version) return undefined
  const schema = version.schema?.openAPIV3Schema
  return buildDefinition(
    { ...type, version: version.name, origin: 'crd' },
    {
      schema: isSchema(schema) ? { root: schema, named: {} } : undefined,
      subresources: Object.keys(version.subresources ?? {}),
      operator: findOperator(crd),
      printerColumns: version.additionalPrinterColumns ?? [],
    },
    budgetTokens,
  )
}

/** Discovery does not tell which versions are deprecated; only the CRD does. */
function chooseVersion(versions: CrdVersionSpec[], asked: string): CrdVersionSpec | undefined {
  const served = versions
    .filter((version) => version.served)
    .toSorted((a, b) => compareApiVersions(a.name, b.name))
  const current = served.filter((version) => !version.deprecated)
  const discovered = served.find(({ name }) => name === asked)
  if (discovered && !discovered.deprecated) return discovered
  return current[0] ?? discovered ?? served[0]
}
