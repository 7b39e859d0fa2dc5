import type { Definition } from '@capstan/shared/contract/definition'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { chooseCrdVersion } from './choose-crd-version.ts'
import { findOperator, type CustomResourceDefinition } from './custom-resource-definition.ts'
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
  const version = chooseCrdVersion(crd.spec.versions, type.version)
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
