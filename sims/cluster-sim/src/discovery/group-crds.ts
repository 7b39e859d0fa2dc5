import type { StoredCrd } from '../crds/stored-crd.ts'
import { compareVersionNames } from './compare-version-names.ts'
import type { DiscoveredGroup, DiscoveredResource } from './discovered-group.ts'

/** The discovery groups of CRDs: by name, versions by preference, resources by name. */
export function groupCrds(crds: Iterable<StoredCrd>): DiscoveredGroup[] {
  const groups = new Map<string, Map<string, DiscoveredResource[]>>()
  for (const crd of crds) {
    const versions = groups.get(crd.group) ?? new Map<string, DiscoveredResource[]>()
    groups.set(crd.group, versions)
    for (const { name, resource } of crd.versions) {
      versions.set(name, [...(versions.get(name) ?? []), resource])
    }
  }
  return [...groups]
    .filter(([, versions]) => versions.size > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, versions]) => ({ metadata: { name }, versions: sortVersions(versions) }))
}

function sortVersions(versions: Map<string, DiscoveredResource[]>): DiscoveredGroup['versions'] {
  return [...versions]
    .toSorted(([a], [b]) => compareVersionNames(a, b))
    .map(([version, resources]) => ({
      version,
      resources: resources.toSorted((a, b) => (a.resource < b.resource ? -1 : 1)),
      freshness: 'Current',
    }))
}
