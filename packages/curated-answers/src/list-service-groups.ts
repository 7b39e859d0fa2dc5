import type { FamilyFile, ServiceRow } from './curated-data.ts'

/** An API group that a row about a service answers. */
export interface ServiceGroup {
  group: string
  scope: FamilyFile['scope']
  /** The family has the same kinds twice, and these are the namespaced ones. */
  isNamespacedTwin: boolean
  row: ServiceRow
}

/** Lists the API groups of a family with their scopes. */
export function listServiceGroups({
  scope,
  services,
  namespacedGroups,
}: FamilyFile): ServiceGroup[] {
  return services.flatMap((row) => {
    const own: ServiceGroup = { group: row.group, scope, isNamespacedTwin: false, row }
    if (!namespacedGroups || !row.group.endsWith(namespacedGroups.end)) return [own]
    const group = row.group.slice(0, -namespacedGroups.end.length) + namespacedGroups.twinEnd
    return [own, { group, scope: 'Namespaced', isNamespacedTwin: true, row }]
  })
}
