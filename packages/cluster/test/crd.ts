type Crd = Record<string, unknown>

/** A CRD that an API server accepts. `spec` replaces parts of its spec, `rest` other members. */
export function crd(plural: string, spec: Record<string, unknown> = {}, rest: Crd = {}): Crd {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1)
  const schema = { openAPIV3Schema: { type: 'object', description: `A ${kind}.` } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.shop.example` },
    spec: {
      group: 'shop.example',
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
      ...spec,
    },
    ...rest,
  }
}
