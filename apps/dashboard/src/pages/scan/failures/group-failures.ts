import type { ItemReason } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { estimateTokenCost, type PricedScan } from '../estimate-token-cost.ts'

/** Failed types with the same reason. */
export interface FailureGroup<T = ScanItem> {
  reason: ItemReason
  /** Number of types by the counters of the scan. */
  count: number
  /** The types that have been read. */
  items: T[]
  /** Different problems, the most frequent first. */
  problems: { title: string; hint: string | undefined; count: number }[]
  /** Cost of asking about all of them again. Null when it is unknown. */
  retryCostUsd: number | null
}

type CountedScan = PricedScan & { failures: Pick<Scan['failures'], 'byReason' | 'sample'> }
type FailedType = Pick<ScanItem, 'problem' | 'estimatedTokens'>

/** Groups failed types by reason, the most frequent first. */
export function groupFailures<T extends FailedType>(
  scan: CountedScan,
  failed: readonly T[],
): FailureGroup<T>[] {
  const counts = Object.entries(scan.failures.byReason)
  return counts
    .flatMap(([name, count]) => {
      const items = failed.filter(({ problem }) => problem?.reason === name)
      const reason = items[0]?.problem?.reason ?? findReason(scan, name)
      if (reason === undefined || count === 0) return []
      const problems = countProblems(items)
      return [
        { reason, count, items, problems, retryCostUsd: estimateRetryCost(scan, items, count) },
      ]
    })
    .toSorted((a, b) => b.count - a.count)
}

/** The sample has the reason in its own type. */
function findReason({ failures }: CountedScan, name: string): ItemReason | undefined {
  return failures.sample.find(({ problem }) => problem.reason === name)?.problem.reason
}

function countProblems(items: FailedType[]): FailureGroup['problems'] {
  const known = new Map<string, FailureGroup['problems'][number]>()
  for (const { problem } of items) {
    if (problem === null) continue
    const { title, hint } = problem
    const same = known.get(title) ?? { title, hint, count: 0 }
    known.set(title, { ...same, count: same.count + 1 })
  }
  return [...known.values()].toSorted((a, b) => b.count - a.count)
}

/** By the planned tokens of the types. */
function estimateRetryCost(scan: CountedScan, items: FailedType[], count: number): number | null {
  if (items.length === 0) return null
  const planned = items.reduce((sum, item) => sum + item.estimatedTokens, 0)
  return estimateTokenCost(scan, (planned / items.length) * count)
}
