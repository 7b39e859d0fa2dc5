import type { Discovery } from '@capstan/cluster/cluster-source'
import { listSome } from '@capstan/shared/text/list-some'
import { parseGroup, type OfferedTypes } from './compare-with-discovery.ts'
import type { RegisteredGroup } from '@capstan/cluster/discovery/registered-group'

type DiscoveredTypes = Pick<Discovery, 'types' | 'unscannable'>

/**
 * Finds groups that are registered as API services but unavailable or missing from discovery. The state of their types
 * is unknown.
 */
export function findDroppedGroups(
  registered: RegisteredGroup[],
  discovery: DiscoveredTypes,
): Discovery['unavailable'] {
  const discovered = listGroups(discovery)
  return registered.flatMap(({ group, outage }) => {
    if (outage === undefined && discovered.has(group)) return []
    const detail =
      outage === undefined ? 'discovery does not list it' : `its server is down: ${outage}`
    return [{ group, reason: `registered as an API service; ${detail}` }]
  })
}

/**
 * Returns a warning when a whole group is missing from discovery and RBAC forbids to list API services: the server of
 * the group may be down. Groups that discovery lists, and groups with a CRD, need no such check.
 */
export function describeUncheckedGroups(
  missing: string[],
  offered: OfferedTypes & DiscoveredTypes,
): string[] {
  const discovered = listGroups(offered)
  for (const resource of offered.defined ?? []) discovered.add(parseGroup(resource))
  const groups = [...new Set(missing.map(parseGroup))].filter((group) => !discovered.has(group))
  if (groups.length === 0) return []
  return [
    `Discovery no longer names the API groups ${listSome(groups)}. Whether they have gone or their own server is down could not be ` +
      'checked (list apiservices.apiregistration.k8s.io is forbidden), so their types count as removed. ' +
      'deploy/kubernetes/rbac-api-services.yaml grants the permission.',
  ]
}

function listGroups({ types, unscannable }: DiscoveredTypes): Set<string> {
  const ignored = unscannable.map(({ resource }) => parseGroup(resource))
  return new Set([...types.map(({ group }) => group), ...ignored])
}
