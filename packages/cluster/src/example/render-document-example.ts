import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { indexTypeSchemas } from '../reduce/reduce-openapi.ts'
import type { ExampleResult } from './example-result.ts'
import { renderResult } from './render-result.ts'

/** Renders the example of a type from an OpenAPI v3 document (parsed JSON) of its group version. */
export function renderDocumentExample(document: unknown, type: ResourceType): ExampleResult {
  return renderResult(type, indexTypeSchemas(document)(type))
}
