/** OpenAPI name of a type that all Kubernetes documents share. */
export function formatMetaName(type: string): string {
  return `io.k8s.apimachinery.pkg.apis.meta.v1.${type}`
}

export function createRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}

const strings = { type: 'object', additionalProperties: { type: 'string' } }

/** Schemas that every object and list references, reduced to what readers of types need. */
export const SHARED_SCHEMAS = {
  [formatMetaName('ObjectMeta')]: {
    description: 'What every stored object carries: its name, labels and who owns it.',
    type: 'object',
    properties: {
      name: { type: 'string', description: 'Unique within the namespace and kind.' },
      namespace: { type: 'string' },
      labels: { ...strings, description: 'Key and value pairs to select by.' },
      annotations: { ...strings, description: 'Free text that tools attach.' },
      finalizers: { type: 'array', items: { type: 'string' } },
      ownerReferences: { type: 'array', items: createRef(formatMetaName('OwnerReference')) },
    },
  },
  [formatMetaName('OwnerReference')]: {
    description: 'The object that this one is deleted together with.',
    type: 'object',
    required: ['apiVersion', 'kind', 'name', 'uid'],
    properties: Object.fromEntries(
      ['apiVersion', 'kind', 'name', 'uid'].map((name) => [name, { type: 'string' }]),
    ),
  },
  [formatMetaName('ListMeta')]: {
    description: 'Where a list stands: its version and how to go on.',
    type: 'object',
    properties: {
      continue: { type: 'string' },
      remainingItemCount: { type: 'integer', format: 'int64' },
      resourceVersion: { type: 'string' },
    },
  },
}
