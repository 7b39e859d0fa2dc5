import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { nameTypes, spellings, type NamedType } from './select/match-pattern.ts'
import { nearNames } from './select/near-names.ts'

/** What a spelling means. */
export type Resolved =
  | { outcome: 'found'; resource: string; type: ResourceType }
  /** Several types share the spelling; `plural.group` tells them apart. */
  | { outcome: 'ambiguous'; candidates: string[] }
  | { outcome: 'unknown'; near: string[] }

/**
 * The one type that a spelling means, by what the cluster offers and never by guessing plurals: `plural.group`, then
 * spellings with a group, then bare kinds and plurals, then short names. Among bare names the core group wins, as
 * with kubectl: `Service` is the core one whoever else has a Service.
 */
export function resolveName(types: ResourceType[], name: string): Resolved {
  const wanted = name.trim().toLowerCase()
  const named = nameTypes(types)
  const tiers: ((one: NamedType) => boolean)[] = [
    ({ names }) => names.resource === wanted,
    ({ names }) => names.full.includes(wanted),
    ({ names, type }) => type.group === '' && names.bare.includes(wanted),
    ({ names }) => names.bare.includes(wanted),
    ({ names, type }) => type.group === '' && names.short.includes(wanted),
    ({ names }) => names.short.includes(wanted),
  ]
  for (const tier of tiers) {
    const found = named.filter(tier)
    const [first] = found
    if (!first) continue
    if (found.length > 1) return { outcome: 'ambiguous', candidates: found.map(nameOf) }
    return { outcome: 'found', resource: nameOf(first), type: first.type }
  }
  const candidates = named.map((one) => ({
    resource: nameOf(one),
    spellings: spellings(one.names),
  }))
  return { outcome: 'unknown', near: nearNames(wanted, candidates) }
}

function nameOf({ type }: NamedType): string {
  return resourceName(type)
}
