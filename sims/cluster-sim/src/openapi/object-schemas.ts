import { formatMetaName, createRef } from './shared-schemas.ts'

export interface TypeName {
  group: string
  version: string
  kind: string
}

/**
 * Builds the OpenAPI schemas of a type and its list as an API server publishes them. The server replaces apiVersion, kind
 * and metadata of a CRD schema.
 */
export function buildObjectSchemas(
  name: string,
  type: TypeName,
  schema: Record<string, unknown>,
): Record<string, unknown> {
  const properties = { ...asRecord(schema['properties']), ...createServerProperties('ObjectMeta') }
  return {
    [name]: { ...schema, type: 'object', properties, 'x-kubernetes-group-version-kind': [type] },
    [`${name}List`]: {
      description: `A list of ${type.kind} objects.`,
      type: 'object',
      required: ['items'],
      properties: {
        ...createServerProperties('ListMeta'),
        items: { type: 'array', items: createRef(name) },
      },
      'x-kubernetes-group-version-kind': [{ ...type, kind: `${type.kind}List` }],
    },
  }
}

function createServerProperties(metadata: 'ObjectMeta' | 'ListMeta') {
  return {
    apiVersion: { type: 'string', description: 'Version of the schema this object follows.' },
    kind: { type: 'string', description: 'Type of this object.' },
    metadata: { description: 'Standard metadata.', allOf: [createRef(formatMetaName(metadata))] },
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : undefined
}
