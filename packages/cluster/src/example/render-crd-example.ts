import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { chooseCrdVersion } from '../reduce/choose-crd-version.ts'
import { CustomResourceDefinition } from '../reduce/custom-resource-definition.ts'
import { isSchema } from '../reduce/json-schema.ts'
import type { ExampleResult } from './example-result.ts'
import { renderResult } from './render-result.ts'

/** Renders the example of a type from its CRD (parsed JSON or YAML), at the version that its definition has. */
export function renderCrdExample(crd: unknown, type: ResourceType): ExampleResult {
  const parsed = CustomResourceDefinition.safeParse(crd)
  if (!parsed.success)
    return { outcome: 'unavailable', reason: 'its CustomResourceDefinition is malformed' }
  const version = chooseCrdVersion(parsed.data.spec.versions, type.version)
  if (!version)
    return { outcome: 'unavailable', reason: 'its CustomResourceDefinition serves no version' }
  const schema = version.schema?.openAPIV3Schema
  const root = isSchema(schema) ? { root: schema, named: {} } : undefined
  return renderResult({ ...type, version: version.name }, root)
}
