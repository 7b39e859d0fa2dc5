import { useEffect, useState } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../data/api.ts'
import { findScanSignal, keepScan, scanIds } from '../../data/store.ts'
import { useAction, type Action } from '../../data/use-action.ts'
import { usePolling } from '../../data/use-polling.ts'
import { useRequest } from '../../data/use-request.ts'

export interface ScanFilter {
  status: string
  cluster: string
}

export interface ScanList {
  /** All known scans, newest first. */
  known: Scan[]
  /** Those that match the filter. */
  shown: Scan[]
  isLoading: boolean
  error: unknown
  reload: () => void
  hasOlder: boolean
  showOlder: () => void
  older: Action
}

/** Scans that match a filter. New ones come from the stream; older ones are read in pages. */
export function useScanList({ status, cluster }: ScanFilter): ScanList {
  const key = `${status} ${cluster}`
  const first = useRequest(key, (signal) => api.listScans({ status, cluster }, signal))
  const [next, setNext] = useState<string | null>(null)
  const older = useAction()
  useEffect(() => {
    if (first.data === undefined) return
    for (const scan of first.data.data) keepScan(scan)
    setNext(first.data.page.nextCursor)
  }, [first.data])
  usePolling(first.reload)
  const showOlder = (): void =>
    void older.run(async () => {
      const { data, page } = await api.listScans({ status, cluster, cursor: next ?? undefined })
      for (const scan of data) keepScan(scan)
      setNext(page.nextCursor)
    })
  const known = scanIds.value.flatMap((id) => findScanSignal(id)?.value ?? [])
  const shown = known.filter(
    (scan) =>
      (status === '' || scan.status === status) && (cluster === '' || scan.cluster === cluster),
  )
  const { isLoading, error, reload } = first
  return { known, shown, isLoading, error, reload, hasOlder: next !== null, showOlder, older }
}
