import { useEffect, useState } from 'preact/hooks'
import type {
  ClusterComparison,
  ComparedType,
} from '@capstan/shared/contract/catalog/cluster-comparison'
import type { CompareQuery } from '@capstan/shared/contract/catalog/compare-query'
import { api, type ClusterPair } from '../../../data/api.ts'
import { useAction, type Action } from '../../../data/use-action.ts'

export interface MoreTypes {
  /** The types of all pages that were read. */
  types: ComparedType[]
  hasMore: boolean
  showMore: () => void
  reading: Action
}

/** The types of one kind in which two clusters differ: the first page, and the next ones when they are asked for. */
export function useMoreTypes(
  pair: ClusterPair,
  only: CompareQuery['only'],
  first: ClusterComparison,
): MoreTypes {
  const [{ data, page }, setRead] = useState(first)
  const reading = useAction()
  useEffect(() => setRead(first), [first])
  const showMore = (): void =>
    void reading.run(async () => {
      const next = await api.compareClusters(pair, { only, cursor: page.nextCursor })
      setRead({ ...next, data: [...data, ...next.data] })
    })
  return { types: data, hasMore: page.nextCursor !== null, showMore, reading }
}
