import type { DiscoveredGroup, DiscoveredResource } from './discovered-group.ts'

/** Renders the response of /apis without aggregated discovery. */
export function renderGroupList(groups: DiscoveredGroup[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) }
}

/** Renders the response of /apis/<group>. */
export function renderGroup(group: DiscoveredGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }
}

/** Renders the response of /api/v1 or /apis/<group>/<version>. Subresources are separate entries. */
export function renderResourceList(groupVersion: string, resources: DiscoveredResource[]): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.flatMap(listResourceEntries),
  }
}

function groupEntry(group: DiscoveredGroup) {
  const name = group.metadata.name ?? ''
  const versions = group.versions.map(({ version }) => ({
    groupVersion: `${name}/${version}`,
    version,
  }))
  return { name, versions, preferredVersion: versions[0] }
}

function listResourceEntries(resource: DiscoveredResource) {
  const namespaced = resource.scope === 'Namespaced'
  const { group: ownGroup, kind } = resource.responseKind
  const entry = {
    name: resource.resource,
    singularName: resource.singularResource,
    namespaced,
    kind,
    verbs: resource.verbs,
    ...(resource.shortNames ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories ? { categories: resource.categories } : {}),
  }
  const subresources = (resource.subresources ?? []).map(
    ({ subresource, responseKind, verbs }) => ({
      name: `${resource.resource}/${subresource}`,
      singularName: '',
      namespaced,
      // Group and version appear only if they belong to another type, such as autoscaling/v1 Scale.
      ...(responseKind.group === ownGroup
        ? {}
        : { group: responseKind.group, version: responseKind.version }),
      kind: responseKind.kind,
      verbs,
    }),
  )
  return [entry, ...subresources]
}
