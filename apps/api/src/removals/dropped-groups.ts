import type { Discovery } from '@capstan/cluster/cluster-source'
import { listSome } from '@capstan/shared/text/list-some'
import { parseGroup, type OfferedTypes } from './compare-with-discovery.ts'
import type { RegisteredGroup } from '@capstan/cluster/discovery/registered-group'

type NamedTypes = Pick<Discovery, 'types' | 'unscannable'>

/**
 * Finds groups that are registered as API services but unavailable or missing from discovery. The state of their types
 * is unknown.
 */
export function findDroppedGroups(
  registered: RegisteredGroup[],
  discovery: NamedTypes,
): Discovery['unavailable'] {
  const named = listGroups(discovery)
  return registered.flatMap(({ group, outage }) => {
    if (outage === undefined && named.has(group)) return []
    const why =
      outage === undefined ? 'discovery does not list it' : `its server is down: ${outage}`
    return [{ group, reason: `registered as an API service; ${why}` }]
  })
}

/**
 * Returns a warning when a whole group is missing from discovery and the account may not list API services: the group
 * may belong to a server that is down. Groups in discovery or with a CRD are certain.
 */
export function describeUncheckedGroups(
  missing: string[],
  offered: OfferedTypes & NamedTypes,
): string[] {
  const named = listGroups(offered)
  for (const resource of offered.defined ?? []) named.add(parseGroup(resource))
  const groups = [...new Set(missing.map(parseGroup))].filter((group) => !named.has(group))
  if (groups.length === 0) return []
  return [
    `Discovery no longer names the API groups ${listSome(groups)}. Whether they have gone or their own server is down could not be ` +
      'checked (list apiservices.apiregistration.k8s.io is forbidden), so their types count as removed. ' +
      'deploy/kubernetes/rbac-api-services.yaml grants the permission.',
  ]
}

function listGroups({ types, unscannable }: NamedTypes): Set<string> {
  const others = unscannable.map(({ resource }) => parseGroup(resource))
  return new Set([...types.map(({ group }) => group), ...others])
}
