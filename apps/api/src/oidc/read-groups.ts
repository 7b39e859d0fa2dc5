import { isRecord } from '@capstan/shared/json/is-record'

const MAX_GROUPS = 1_000
const MAX_LENGTH = 300

/**
 * Returns the groups of a claim: a list, one text, or the keys of an object. `claim` is the name of a member; if there is
 * none, its dots lead into objects.
 */
export function readGroups(claims: Record<string, unknown>, claim: string): string[] {
  const value = claims[claim] ?? followPath(claims, claim.split('.'))
  const names = isRecord(value) && !Array.isArray(value) ? Object.keys(value) : [value].flat()
  return names
    .filter((name) => typeof name === 'string' && name !== '' && name.length <= MAX_LENGTH)
    .slice(0, MAX_GROUPS)
    .map(String)
}

function followPath(value: unknown, [first, ...rest]: string[]): unknown {
  if (first === undefined) return value
  return isRecord(value) ? followPath(value[first], rest) : undefined
}
