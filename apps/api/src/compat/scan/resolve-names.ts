import type { Discovery } from '@capstan/cluster/cluster-source'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { compatName } from '../compat-name.ts'
import type { UnknownName } from './session-store.ts'

export interface ResolvedNames {
  /** Patterns that mean one type each, whatever other groups call theirs. */
  include: string[]
  /** Reported as failures: one name that is wrong must not keep the others from being scanned. */
  unknown: UnknownName[]
}

/** What a list of names means in a cluster: `Kind.group`, `plural.group`, or a kind or plural that only one type has. */
export async function resolveNames(
  { types, unavailable }: Discovery,
  names: string[],
): Promise<ResolvedNames> {
  const typeOf = namesOf(types)
  const silent = new Map(unavailable.map((one) => [one.group.split('/')[0] ?? '', one.reason]))
  const include = new Set<string>()
  const unknown: UnknownName[] = []
  const slice = startTimeSlice()
  for (const name of names) {
    if (slice.isOver) await slice.next()
    const type = typeOf.get(name.toLowerCase())
    if (type && type !== 'several') include.add(patternOf(type))
    else unknown.push({ resource: toPlainText(name, 253), error: reasonFor(silent, name, type) })
  }
  return { include: [...include], unknown }
}

type Named = ResourceType | 'several'

/** Among bare names the core group wins, as with kubectl. */
function namesOf(types: ResourceType[]): Map<string, Named> {
  const names = new Map<string, Named>()
  for (const type of types) {
    for (const bare of new Set([type.kind.toLowerCase(), type.plural.toLowerCase()])) {
      names.set(bare, names.has(bare) ? 'several' : type)
    }
  }
  for (const type of types) {
    const own = [compatName(type), resourceName(type)]
    for (const name of own) names.set(name.toLowerCase(), type)
  }
  return names
}

/** A core kind needs its version before it: `services` alone would also mean those of other groups. */
function patternOf(type: ResourceType): string {
  return type.group === '' ? `${type.version}/${type.kind}` : resourceName(type)
}

function reasonFor(
  silent: ReadonlyMap<string, string>,
  name: string,
  found: Named | undefined,
): string {
  if (found === 'several') return 'Several API groups have a type of this name; add the group.'
  const reason = silent.get(name.slice(name.indexOf('.') + 1))
  return reason !== undefined
    ? `The API group did not answer: ${toPlainText(reason, 200)}`
    : 'The cluster offers no such type, or one that can hold no objects.'
}
