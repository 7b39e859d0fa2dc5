import { formatMetaName, createRef } from './shared-schemas.ts'

export interface TypeName {
  group: string
  version: string
  kind: string
}

/**
 * The OpenAPI schemas of a type and its list as a server publishes them. apiVersion, kind and metadata are
 * always those of the server.
 */
export function buildObjectSchemas(
  name: string,
  type: TypeName,
  schema: Record<string, unknown>,
): Record<string, unknown> {
  const properties = { ...asRecord(schema['properties']), ...serverProperties('ObjectMeta') }
  return {
    [name]: { ...schema, type: 'object', properties, 'x-kubernetes-group-version-kind': [type] },
    [`${name}List`]: {
      description: `A list of ${type.kind} objects.`,
      type: 'object',
      required: ['items'],
      properties: {
        ...serverProperties('ListMeta'),
        items: { type: 'array', items: createRef(name) },
      },
      'x-kubernetes-group-version-kind': [{ ...type, kind: `${type.kind}List` }],
    },
  }
}

function serverProperties(metadata: 'ObjectMeta' | 'ListMeta') {
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
