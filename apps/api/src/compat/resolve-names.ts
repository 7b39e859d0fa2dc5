import type { Discovery } from '@capstan/cluster/cluster-source'
import { resolveName } from '@capstan/cluster/resolve-name'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { plainText } from '@capstan/shared/text/plain-text'
import { compatName } from './compat-name.ts'
import type { UnknownName } from './session-store.ts'

export interface ResolvedNames {
  /** Patterns that mean one type each, whatever other groups call theirs. */
  include: string[]
  /** Reported as failures: one name that is wrong must not keep the others from being scanned. */
  unknown: UnknownName[]
}

const MANY = 200

/** What a list of names means in a cluster: `Kind.group`, `Kind` of the core group, or any other common spelling. */
export function resolveNames(discovery: Discovery, names: string[]): ResolvedNames {
  const known = new Map<string, ResourceType>()
  for (const type of discovery.types) {
    for (const name of [compatName(type), resourceName(type)]) known.set(name.toLowerCase(), type)
  }
  const include = new Set<string>()
  const unknown: UnknownName[] = []
  for (const name of names) {
    const type = known.get(name.toLowerCase()) ?? otherwise(discovery, name, unknown.length)
    if (type) include.add(patternOf(type))
    else unknown.push({ resource: plainText(name, 253), error: reasonFor(discovery, name) })
  }
  return { include: [...include], unknown }
}

/** Looks at all spellings of all types, so a list of nothing but wrong names soon stops being looked at. */
function otherwise(
  { types }: Discovery,
  name: string,
  wrongSoFar: number,
): ResourceType | undefined {
  if (wrongSoFar > MANY) return undefined
  const resolved = resolveName(types, name)
  return resolved.outcome === 'found' ? resolved.type : undefined
}

/** A core kind needs its version before it: `services` alone would also mean those of other groups. */
function patternOf(type: ResourceType): string {
  return type.group === '' ? `${type.version}/${type.kind}` : resourceName(type)
}

function reasonFor({ unavailable }: Discovery, name: string): string {
  const group = name.slice(name.indexOf('.') + 1)
  const silent = unavailable.find((one) => one.group.split('/')[0] === group)
  return silent
    ? `The API group did not answer: ${plainText(silent.reason, 200)}`
    : 'The cluster offers no such type, or one that can hold no objects.'
}
