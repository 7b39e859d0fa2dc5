import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { readDocuments } from '../files/read-documents.ts'
import { isSchema, type JsonSchema } from '../reduce/json-schema.ts'
import type { ExampleResult } from './example-result.ts'
import { renderCrdExample } from './render-crd-example.ts'
import { renderDocumentExample } from './render-document-example.ts'

/** Renders the example of a type from the file that defines it: CRD manifests or an OpenAPI v3 document. */
export function renderFileExample(path: string, type: ResourceType): ExampleResult {
  for (const object of readDocuments(path, () => undefined)) {
    if (isCrdOf(object, type)) return renderCrdExample(object, type)
    if (typeof object['openapi'] === 'string') return renderDocumentExample(object, type)
  }
  return { outcome: 'unavailable', reason: 'no file defines it any more' }
}

function isCrdOf({ kind, spec }: JsonSchema, type: ResourceType): boolean {
  if (kind !== 'CustomResourceDefinition' || !isSchema(spec)) return false
  const { group, names } = spec
  const plural = isSchema(names) ? names['plural'] : undefined
  return typeof group === 'string' && `${String(plural)}.${group}` === resourceName(type)
}
