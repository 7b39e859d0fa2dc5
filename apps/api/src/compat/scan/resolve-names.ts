import type { Discovery } from '@capstan/cluster/cluster-source'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { formatCompatName } from '../compat-name.ts'
import type { UnknownName } from './session-store.ts'

export interface ResolvedNames {
  /** Patterns that match exactly one type each. */
  include: string[]
  /** Unknown names. They are reported as failures and do not prevent the scan of the other names. */
  unknown: UnknownName[]
}

/** Resolves names in a cluster: `Kind.group`, `plural.group`, or a kind or plural that only one type has. */
export async function resolveNames(
  { types, unavailable }: Discovery,
  names: string[],
): Promise<ResolvedNames> {
  const typeByName = indexNames(types)
  const unavailableGroups = new Map(
    unavailable.map((one) => [one.group.split('/')[0] ?? '', one.reason]),
  )
  const include = new Set<string>()
  const unknown: UnknownName[] = []
  const slice = startTimeSlice()
  for (const name of names) {
    if (slice.isOver) await slice.next()
    const type = typeByName.get(name.toLowerCase())
    if (type && type !== 'several') include.add(createPattern(type))
    else
      unknown.push({
        resource: toPlainText(name, 253),
        error: describeUnknown(unavailableGroups, name, type),
      })
  }
  return { include: [...include], unknown }
}

type NameTarget = ResourceType | 'several'

/** Core types win among names without a group, as in kubectl. */
function indexNames(types: ResourceType[]): Map<string, NameTarget> {
  const names = new Map<string, NameTarget>()
  for (const type of types) {
    for (const bare of new Set([type.kind.toLowerCase(), type.plural.toLowerCase()])) {
      names.set(bare, names.has(bare) ? 'several' : type)
    }
  }
  for (const type of types) {
    const own = [formatCompatName(type), resourceName(type)]
    for (const name of own) names.set(name.toLowerCase(), type)
  }
  return names
}

/** A core type is prefixed by its version, because `services` alone also matches other groups. */
function createPattern(type: ResourceType): string {
  return type.group === '' ? `${type.version}/${type.kind}` : resourceName(type)
}

function describeUnknown(
  unavailableGroups: ReadonlyMap<string, string>,
  name: string,
  found: NameTarget | undefined,
): string {
  if (found === 'several') return 'Several API groups have a type with this name; add the group.'
  const reason = unavailableGroups.get(name.slice(name.indexOf('.') + 1))
  return reason !== undefined
    ? `The API group did not answer: ${toPlainText(reason, 200)}`
    : 'The cluster has no such type, or the type cannot hold objects.'
}
