import { useEffect } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../data/api.ts'
import { pageTopics } from '../../data/live/live.ts'
import { ProblemError } from '../../data/problem-error.ts'
import { dropScan, findScanSignal, keepScan } from '../../data/store.ts'
import { usePolling } from '../../data/use-polling.ts'
import { useRequest, type RequestState } from '../../data/use-request.ts'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { Link } from '../../router/link.tsx'
import { place } from '../../router/location.ts'
import { EventLog } from './log/event-log.tsx'
import { Failures } from './failures/failures.tsx'
import { ItemDrawer } from './item/item-drawer.tsx'
import { ItemsPanel } from './items/items-panel.tsx'
import { Replay } from './replay/replay.tsx'
import { RunningNow } from './running/running-now.tsx'
import { ScanLimits } from './limits/scan-limits.tsx'
import { ScanFigures } from './overview/scan-figures.tsx'
import { ScanHead } from './head/scan-head.tsx'
import { ScanNotices } from './overview/scan-notices.tsx'
import { useScanTitle } from './use-scan-title.ts'

/** One scan: how far it is, what it waits for, what failed, and all its types. */
export function ScanPage({ id = '' }: Record<string, string>) {
  return <ScanView key={id} id={id} />
}

function ScanView({ id }: { id: string }) {
  const read = useRequest(id, (signal) => api.readScan(id, signal))
  useEffect(() => {
    if (read.data) keepScan(read.data)
  }, [read.data])
  const isUnknown = read.error instanceof ProblemError && read.error.problem?.status === 404
  useEffect(() => {
    if (isUnknown) dropScan(id)
  }, [isUnknown])
  usePolling(read.reload)
  const scan = findScanSignal(id)?.value
  const exists = scan !== undefined
  useEffect(() => {
    // The server rejects the stream of all tabs when one scan of it does not exist.
    pageTopics.value = exists ? [`scan:${id}`] : []
    return () => {
      pageTopics.value = []
    }
  }, [id, exists])
  useScanTitle(scan)
  if (scan === undefined) return <NoScan read={read} />
  return <ScanContent scan={scan} />
}

function ScanContent({ scan }: { scan: Scan }) {
  const item = place.value.query.get('item')
  return (
    <>
      <ScanHead scan={scan} />
      <ScanNotices scan={scan} />
      <ScanFigures scan={scan} />
      <div class="columns">
        {!scan.done && (scan.status !== 'paused' || scan.progress.running > 0) && (
          <RunningNow scan={scan} />
        )}
        {scan.progress.failed > 0 && <Failures scan={scan} />}
        {!scan.done && !scan.demo && <ScanLimits scan={scan} />}
      </div>
      <ItemsPanel scan={scan} />
      {scan.done && <Replay scan={scan} />}
      <EventLog scan={scan} />
      {item !== null && <ItemDrawer key={item} scan={scan} resource={item} />}
    </>
  )
}

/** The scan is being read, cannot be read, or does not exist. */
function NoScan({ read }: { read: RequestState<Scan> }) {
  const { data, error, isLoading, reload } = read
  const isUnknown = error instanceof ProblemError && error.problem?.status === 404
  if (isUnknown || data !== undefined)
    return (
      <div class="card empty">
        <h1>{data ? 'This scan was forgotten' : 'There is no such scan'}</h1>
        <span>Finished scans are kept for 30 days. Their answers stay in the catalog.</span>
        <Link to="scans" class="button">
          All scans
        </Link>
      </div>
    )
  if (error !== undefined)
    return (
      <>
        <h1>Scan</h1>
        <FaultNotice error={error} onRetry={reload} />
      </>
    )
  return (
    <div class="card card-body page-skeleton" aria-busy={isLoading}>
      <h1 class="only-read">Scan</h1>
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="skeleton" />
    </div>
  )
}
