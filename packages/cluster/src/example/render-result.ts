import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { TypeSchema } from '../reduce/type-schema.ts'
import type { ExampleResult } from './example-result.ts'
import { renderExample } from './render-example.ts'

/** Renders the example of a type from its schema. */
export function renderResult(type: ResourceType, schema: TypeSchema | undefined): ExampleResult {
  const yaml = renderExample(type, schema)
  return yaml === undefined
    ? { outcome: 'unavailable', reason: 'its smallest example is too large' }
    : { outcome: 'rendered', yaml }
}
