import { compareVersionNames } from '../discovery/compare-version-names.ts'
import type { DiscoveredGroup, DiscoveredResource } from '../discovery/discovered-group.ts'
import type { BuiltInGroup, BuiltInType } from './built-in-group.ts'

/** The aggregated discovery entry of a group of built-in types. */
export function describeBuiltInGroup({ group, types }: BuiltInGroup): DiscoveredGroup {
  const versions = [...new Set(types.flatMap((type) => type.versions))].toSorted(
    compareVersionNames,
  )
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((version) => ({
      version,
      resources: types
        .filter((type) => type.versions.includes(version))
        .toSorted((a, b) => (a.plural < b.plural ? -1 : 1))
        .map(buildResource),
      freshness: 'Current',
    })),
  }
}

function buildResource(type: BuiltInType): DiscoveredResource {
  // A real server leaves group and version empty for its own types.
  const responseKind = { group: '', version: '', kind: type.kind }
  const subresources = type.subresources.map((subresource) => ({
    subresource,
    responseKind:
      subresource === 'scale'
        ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
        : responseKind,
    verbs: ['get', 'patch', 'update'],
  }))
  return {
    resource: type.plural,
    responseKind,
    scope: type.scope,
    singularResource: type.singular ?? type.kind.toLowerCase(),
    verbs: type.verbs,
    ...(type.shortNames ? { shortNames: type.shortNames } : {}),
    ...(type.categories ? { categories: type.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}
