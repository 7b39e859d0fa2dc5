import { useEffect } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { formatCurl } from '../../data/format-curl.ts'
import { SERVER } from '../../data/request.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { place, setQuery } from '../../router/location.ts'
import { useShortcuts } from '../../shell/use-shortcuts.ts'
import { tabState } from '../../shell/use-title.ts'
import { NoScans } from './no-scans.tsx'
import { ScanFilters } from './scan-filters.tsx'
import { ScanRow } from './scan-row.tsx'
import { ScanRowSkeleton } from './scan-row-skeleton.tsx'
import { useScanList, type ScanList } from './use-scan-list.ts'

const COLUMNS = ['Status', 'Scan', 'Progress', 'Started', 'Duration', 'Cost', 'Model'] as const

/** All scans, newest first. */
export function ScansPage() {
  const { query } = place.value
  const filter = { status: query.get('status') ?? '', cluster: query.get('cluster') ?? '' }
  const list = useScanList(filter)
  useTabState(list.known)
  useShortcuts([
    { keys: 'j', does: 'go to the next scan', run: () => moveFocus(1) },
    { keys: 'k', does: 'go to the scan before', run: () => moveFocus(-1) },
    { keys: 'f', does: 'show failed scans', run: () => setQuery({ status: 'failed' }) },
  ])
  return (
    <>
      <div class="page-head">
        <h1>Scans</h1>
        <ScanFilters filter={filter} scans={list.known} />
        <CopyAs curl={formatCurl('scans')} cli={`capstan get scans --server ${SERVER}`} />
      </div>
      {list.error !== undefined && <FaultNotice error={list.error} onRetry={list.reload} />}
      {list.shown.length > 0 || list.isLoading ? (
        <ScanTable scans={list.shown} isLoading={list.shown.length === 0} />
      ) : (
        list.error === undefined && (
          <NoScans isFiltered={filter.status !== '' || filter.cluster !== ''} />
        )
      )}
      <OlderScans list={list} />
    </>
  )
}

function OlderScans({ list: { shown, hasOlder, showOlder, older } }: { list: ScanList }) {
  return (
    <>
      {older.error !== undefined && <FaultNotice error={older.error} />}
      {hasOlder && shown.length > 0 && (
        <div class="row center">
          <button type="button" class="button" disabled={older.isRunning} onClick={showOlder}>
            Show older
          </button>
        </div>
      )}
    </>
  )
}

/** The tab shows whether anything runs. */
function useTabState(scans: Scan[]): void {
  const running = scans.filter(({ done }) => !done).length
  useEffect(() => {
    const title = running === 0 ? 'Scans – Capstan' : `${running} running – Capstan`
    tabState.value = { title, icon: running === 0 ? 'idle' : 'running' }
  }, [running])
}

function moveFocus(step: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('.row-link')]
  const present = links.findIndex((link) => link === document.activeElement)
  const next = present === -1 ? 0 : Math.min(links.length - 1, Math.max(0, present + step))
  links[next]?.focus()
}

function ScanTable({ scans, isLoading }: { scans: Scan[]; isLoading: boolean }) {
  return (
    <div class="card table-wrap" aria-busy={isLoading}>
      <table class="scans">
        <caption class="only-read">Scans, newest first</caption>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th
                key={name}
                scope="col"
                class={name === 'Duration' || name === 'Cost' ? 'number' : undefined}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {isLoading
            ? Array.from({ length: 6 }, (_, index) => (
                <ScanRowSkeleton key={index} columns={COLUMNS.length} />
              ))
            : scans.map((scan) => <ScanRow key={scan.id} scan={scan} />)}
        </tbody>
      </table>
    </div>
  )
}
