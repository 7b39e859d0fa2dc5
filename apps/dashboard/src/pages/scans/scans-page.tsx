import { useEffect } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../data/api.ts'
import { connection, findScanSignal, keepScan, scanIds } from '../../data/store.ts'
import { useRequest } from '../../data/use-request.ts'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { place, setQuery } from '../../router/location.ts'
import { tabState } from '../../shell/use-title.ts'
import { ScanRow } from './scan-row.tsx'
import { ScanRowSkeleton } from './scan-row-skeleton.tsx'

const FILTERS = ['running', 'paused', 'failed', 'partial', 'succeeded', 'canceled'] as const
const COLUMNS = ['Status', 'Scan', 'Progress', 'Started by', 'Duration', 'Cost', 'Model'] as const

/** All scans, newest first. Rows come from the stream; older ones are read in pages. */
export function ScansPage() {
  const status = place.value.query.get('status') ?? ''
  const first = useRequest('scans', () => api.listScans({}))
  useEffect(() => {
    for (const scan of first.data?.data ?? []) keepScan(scan)
  }, [first.data])
  useEffect(() => {
    tabState.value = { title: 'Scans – Capstan', icon: 'idle' }
  }, [])
  const scans = scanIds.value.flatMap((id) => findScanSignal(id)?.value ?? [])
  const shown = status === '' ? scans : scans.filter((scan) => scan.status === status)
  return (
    <>
      <div class="page-head">
        <h1>Scans</h1>
        <StatusFilter status={status} scans={scans} />
      </div>
      {first.error !== undefined && connection.value.state !== 'live' && (
        <FaultNotice error={first.error} onRetry={first.reload} />
      )}
      <ScanTable scans={shown} isLoading={first.isLoading && scans.length === 0} />
      {!first.isLoading && shown.length === 0 && <NoScans isFiltered={scans.length > 0} />}
    </>
  )
}

function StatusFilter({ status, scans }: { status: string; scans: Scan[] }) {
  return (
    <div class="row" role="group" aria-label="Filter by status">
      {FILTERS.map((one) => {
        const count = scans.filter((scan) => scan.status === one).length
        if (count === 0 && one !== status) return null
        return (
          <button
            key={one}
            type="button"
            class="chip"
            aria-pressed={one === status}
            onClick={() => setQuery({ status: one === status ? '' : one })}
          >
            {one} {count}
          </button>
        )
      })}
    </div>
  )
}

function ScanTable({ scans, isLoading }: { scans: Scan[]; isLoading: boolean }) {
  if (!isLoading && scans.length === 0) return null
  return (
    <div class="card table-wrap" aria-busy={isLoading}>
      <table>
        <caption class="only-read">Scans, newest first</caption>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
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

function NoScans({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <div class="card empty">
        <strong>No scan has this status</strong>
        <button type="button" class="button" onClick={() => setQuery({ status: '' })}>
          Show all scans
        </button>
      </div>
    )
  return (
    <div class="card empty">
      <strong>No scan yet</strong>
      <span>A scan finds out what each resource type of your cluster is good for.</span>
      <code>capstan scan</code>
    </div>
  )
}
