import { useEffect, useState } from 'preact/hooks'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { api, type CatalogFilter } from '../../data/api.ts'
import { useAction, type Action } from '../../data/use-action.ts'
import { useRequest } from '../../data/use-request.ts'

export interface CatalogList {
  rows: CapabilityView[]
  isLoading: boolean
  error: unknown
  reload: () => void
  /** Reads the next page. Undefined after the last one. */
  more: (() => void) | undefined
  action: Action
}

const LIMIT = 50

/** Reads the catalog in pages, ordered by name. */
export function useCatalogList(key: string, filter: CatalogFilter): CatalogList {
  const first = useRequest(key, (signal) => api.listCapabilities(filter, { limit: LIMIT }, signal))
  const [later, setLater] = useState<{ rows: CapabilityView[]; cursor: string | null }>({
    rows: [],
    cursor: null,
  })
  const action = useAction()
  useEffect(() => {
    setLater({ rows: [], cursor: first.data?.page.nextCursor ?? null })
  }, [first.data])
  const { cursor } = later
  const readMore = async (): Promise<void> => {
    const next = await api.listCapabilities(filter, { limit: LIMIT, cursor })
    setLater({ rows: [...later.rows, ...next.data], cursor: next.page.nextCursor })
  }
  return {
    rows: [...(first.data?.data ?? []), ...later.rows],
    isLoading: first.isLoading,
    error: first.error,
    reload: first.reload,
    more: cursor === null ? undefined : () => void action.run(readMore),
    action,
  }
}
