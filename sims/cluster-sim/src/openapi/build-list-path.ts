import type { CrdManifest } from '../crds/crd-manifest.ts'

/** The one path item by which readers detect a listable type. A real server has a dozen. */
export function buildListPath({ spec }: CrdManifest, version: string): Record<string, unknown> {
  const type = { group: spec.group, version, kind: spec.names.kind }
  return {
    [`/apis/${spec.group}/${version}/${spec.names.plural}`]: {
      get: {
        description: `list objects of kind ${type.kind}`,
        responses: { 200: { description: 'OK' }, 401: { description: 'Unauthorized' } },
        'x-kubernetes-action': 'list',
        'x-kubernetes-group-version-kind': type,
      },
    },
  }
}
