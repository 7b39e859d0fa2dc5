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
 * The definition of the type of a CRD, at the version that discovery chose or, if that is deprecated, at the next one that is
 * not. Undefined if the CRD serves no version.
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

/** Only the CRD states which versions are deprecated; discovery does not. */
function chooseVersion(
  versions: CrdVersionSpec[],
  discoveredVersion: string,
): CrdVersionSpec | undefined {
  const served = versions
    .filter((version) => version.served)
    .toSorted((a, b) => compareApiVersions(a.name, b.name))
  const current = served.filter((version) => !version.deprecated)
  const discovered = served.find(({ name }) => name === discoveredVersion)
  if (discovered && !discovered.deprecated) return discovered
  return current[0] ?? discovered ?? served[0]
}
