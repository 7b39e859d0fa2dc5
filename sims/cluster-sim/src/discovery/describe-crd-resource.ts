import type { CrdManifest, CrdManifestVersion } from '../crds/crd-manifest.ts'
import type { DiscoveredResource } from './discovered-group.ts'

// Order in which a real server lists the verbs of custom resources.
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** The discovery entry of one served version of a CRD. */
export function describeCrdResource(
  crd: CrdManifest,
  version: CrdManifestVersion,
): DiscoveredResource {
  const { group, names, scope } = crd.spec
  const responseKind = { group, version: version.name, kind: names.kind }
  const subresources = listSubresources(version, responseKind)
  return {
    resource: names.plural,
    responseKind,
    scope,
    singularResource: names.singular ?? names.kind.toLowerCase(),
    verbs: VERBS,
    ...(names.shortNames?.length ? { shortNames: names.shortNames } : {}),
    ...(names.categories?.length ? { categories: names.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

function listSubresources(
  version: CrdManifestVersion,
  responseKind: DiscoveredResource['responseKind'],
) {
  const verbs = ['get', 'patch', 'update']
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
  return [
    ...(version.subresources?.status ? [{ subresource: 'status', responseKind, verbs }] : []),
    ...(version.subresources?.scale ? [{ subresource: 'scale', responseKind: scale, verbs }] : []),
  ]
}
