import { formatDuration, pluralize } from '@capstan/shared/text/units'
import type { Scan } from '@capstan/shared/contract/scan/scan'

interface SavedCounts {
  usage: Pick<Scan['usage'], 'cacheHits' | 'curatedAnswers' | 'saved'>
}

/** Describes the types without a call and their worth. Undefined when each of them needed one. */
export function describeSaved({
  usage: { saved, cacheHits, curatedAnswers },
}: SavedCounts): { value: string; note: string } | undefined {
  const { types, costUsd, ms } = saved
  if (types === 0) return undefined
  const origins: [number, string][] = [
    [cacheHits, 'by the result cache'],
    [curatedAnswers, 'curated'],
    [types - cacheHits - curatedAnswers, 'unchanged'],
  ]
  const worth = [
    ...(costUsd === null ? [] : [`$${costUsd.toFixed(2)}`]),
    ...(ms === null ? [] : [`${formatDuration(ms)} of calls`]),
  ]
  return {
    value: [pluralize(types, 'type'), ...worth.slice(0, 1)].join(', '),
    note: [
      ...worth.slice(1),
      ...origins.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ].join(', '),
  }
}
