import { createHash } from 'node:crypto'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { isSchema, type JsonSchema } from './json-schema.ts'
import { buildDefinition } from './build-definition.ts'
import { OUTLINE_REVISION } from './outline.ts'
import type { ReduceResult } from './reduce-crds.ts'
import type { TypeSchema } from './type-schema.ts'

/** A type to read from an OpenAPI document, with its subresources from discovery. */
export interface OpenApiType {
  type: ResourceType
  subresources: string[]
}

/**
 * Cache key of the definition of a type in a document. Includes the data from discovery, which is not in the document.
 * `path` is the path of the group version, such as `apis/apps/v1`.
 */
export function openApiSourceKey(
  document: { path: string; hash: string },
  wanted: OpenApiType,
  budgetTokens: number,
): string {
  const discovered = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 12)
  const content = `${document.hash}-${discovered}-${OUTLINE_REVISION}-${budgetTokens}`
  return `openapi:${document.path}:${content}:${wanted.type.plural}`
}

/** Reduces an OpenAPI v3 document (parsed JSON) of one group version to the definitions of the wanted types. */
export function reduceOpenApi(
  document: unknown,
  wanted: OpenApiType[],
  toSourceKey: (wanted: OpenApiType) => string | undefined,
  budgetTokens: number,
): ReduceResult[] {
  const findSchema = indexTypeSchemas(document)
  return wanted.map((one) => {
    const { type, subresources } = one
    const source = {
      schema: findSchema(type),
      subresources,
      operator: undefined,
      printerColumns: undefined,
    }
    const resource = resourceName(type)
    try {
      const definition = buildDefinition(type, source, budgetTokens)
      return { resource, sourceKey: toSourceKey(one), definition }
    } catch {
      return { resource, fault: 'its schema cannot be read' }
    }
  })
}

/** Finds the schemas of types in an OpenAPI v3 document (parsed JSON) of one group version. Throws if it has no schemas. */
export function indexTypeSchemas(
  document: unknown,
): (type: Pick<ResourceType, 'group' | 'version' | 'kind'>) => TypeSchema | undefined {
  const named = readSchemas(document)
  const byKind = indexByKind(named)
  return (type) => {
    const root = byKind.get(kindKey(type))
    return root && { root, named }
  }
}

/** `components.schemas` of a document. Throws if there is none. */
function readSchemas(document: unknown): JsonSchema {
  const components = isSchema(document) ? document['components'] : undefined
  const schemas = isSchema(components) ? components['schemas'] : undefined
  if (!isSchema(schemas)) throw new Error('no components.schemas')
  return schemas
}

function indexByKind(schemas: JsonSchema): Map<string, JsonSchema> {
  const byKind = new Map<string, JsonSchema>()
  for (const schema of Object.values(schemas)) {
    if (!isSchema(schema)) continue
    const kinds = schema['x-kubernetes-group-version-kind']
    if (!Array.isArray(kinds)) continue
    for (const kind of kinds) if (isSchema(kind)) byKind.set(kindKey(kind), schema)
  }
  return byKind
}

function kindKey(of: { group?: unknown; version?: unknown; kind?: unknown }): string {
  return JSON.stringify([of.group, of.version, of.kind])
}
