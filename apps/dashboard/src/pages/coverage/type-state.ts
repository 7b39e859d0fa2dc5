import type { Freshness } from '@capstan/shared/contract/catalog/freshness'

/** States of a type in the catalog, in the order of their importance. `failed`: the last scan has no answer of it. */
export const TYPE_STATES = ['failed', 'stale', 'missing', 'excluded', 'fresh'] as const
export type TypeState = (typeof TYPE_STATES)[number]

export const STATE_MEANINGS: Record<TypeState, string> = {
  failed: 'the last scan got no answer',
  stale: 'the definition has changed since the answer',
  missing: 'no scan has answered yet',
  excluded: 'scans leave it out unless they name it',
  fresh: 'the answer is current',
}

/** Facts about types beside their catalog rows. */
export interface ScanFacts {
  failed: ReadonlySet<string>
  /** Reasons by type. */
  excluded: ReadonlyMap<string, string>
}

/** A current answer counts, whatever the last scan did. */
export function chooseState(
  resource: string,
  freshness: Freshness,
  { failed, excluded }: ScanFacts,
): TypeState {
  if (freshness === 'fresh') return 'fresh'
  if (failed.has(resource)) return 'failed'
  if (freshness === 'stale') return 'stale'
  return excluded.has(resource) ? 'excluded' : 'missing'
}
