import { pluralize } from '@capstan/shared/text/units'
import type { Scan } from '@capstan/shared/contract/scan/scan'

interface SavedCounts {
  usage: Pick<Scan['usage'], 'cacheHits' | 'curatedAnswers'>
  progress: Pick<Scan['progress'], 'skipped'>
  failures: Pick<Scan['failures'], 'discarded'>
}

/** Describes the types that needed no call. Undefined when each of them needed one. */
export function describeSaved({
  usage,
  progress,
  failures,
}: SavedCounts): { value: string; note: string } | undefined {
  const unchanged = Math.max(0, progress.skipped - failures.discarded)
  const parts: [number, string][] = [
    [usage.cacheHits, 'by the result cache'],
    [usage.curatedAnswers, 'curated'],
    [unchanged, 'unchanged'],
  ]
  const some = parts.filter(([count]) => count > 0)
  const calls = some.reduce((sum, [count]) => sum + count, 0)
  if (calls === 0) return undefined
  return {
    value: pluralize(calls, 'call'),
    note: some.map(([count, what]) => `${count} ${what}`).join(', '),
  }
}
