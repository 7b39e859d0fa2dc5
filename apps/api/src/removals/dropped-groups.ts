import type { Discovery, RegisteredGroup } from '@capstan/cluster/cluster-source'
import { listSome } from '@capstan/shared/text/list-some'
import { groupOf, type Offered } from './compare-with-discovery.ts'

type Named = Pick<Discovery, 'types' | 'unscannable'>

/** Groups of other servers that are registered, but down or left out by discovery: nothing is known of them. */
export function droppedGroups(
  registered: RegisteredGroup[],
  discovery: Named,
): Discovery['unavailable'] {
  const named = namedGroups(discovery)
  return registered.flatMap(({ group, outage }) => {
    if (outage === undefined && named.has(group)) return []
    const why =
      outage === undefined ? 'discovery does not name it' : `its server is down: ${outage}`
    return [{ group, reason: `registered as an API service; ${why}` }]
  })
}

/**
 * A warning when a type seems to have gone with its whole group, which may as well be one of a server that is down, and
 * the account may not know. Types in groups that discovery or a CRD names are beyond that doubt.
 */
export function noRightToKnow(missing: string[], offered: Offered & Named): string[] {
  const named = namedGroups(offered)
  for (const resource of offered.defined ?? []) named.add(groupOf(resource))
  const groups = [...new Set(missing.map(groupOf))].filter((group) => !named.has(group))
  if (groups.length === 0) return []
  return [
    `Discovery no longer names the API groups ${listSome(groups)}. Whether they have gone or their own server is down could not be ` +
      'looked up (list apiservices.apiregistration.k8s.io is forbidden), so their types count as gone. ' +
      'deploy/kubernetes/rbac-api-services.yaml grants it.',
  ]
}

function namedGroups({ types, unscannable }: Named): Set<string> {
  const others = unscannable.map(({ resource }) => groupOf(resource))
  return new Set([...types.map(({ group }) => group), ...others])
}
