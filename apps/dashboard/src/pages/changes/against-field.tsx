import { useEffect } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import { api } from '../../data/api.ts'
import { keepScan } from '../../data/store.ts'
import { useRequest } from '../../data/use-request.ts'
import { formatTime } from '../../format/clock.ts'
import { setQuery } from '../../router/location.ts'

/** Chooses the earlier scan to compare with, among the newest finished ones of the cluster. */
export function AgainstField({ diff: { cluster, scan, against } }: { diff: ScanDiff }) {
  const read = useRequest(cluster, (signal) => api.listScans({ cluster }, signal))
  const scans = read.data?.data ?? []
  useEffect(() => {
    for (const one of scans) keepScan(one)
  }, [scans])
  const earlier = scans.filter((one) => one.done && one.progress.total !== null && one.id < scan)
  const isListed = earlier.some(({ id }) => id === against)
  return (
    <label class="row">
      <span class="muted">compared with the scan of</span>
      <select
        value={against}
        onChange={({ currentTarget }) => setQuery({ against: currentTarget.value })}
      >
        {!isListed && <option value={against}>{against}</option>}
        {earlier.map((one) => (
          <option key={one.id} value={one.id}>
            {formatChoice(one)}
          </option>
        ))}
      </select>
    </label>
  )
}

function formatChoice({ createdAt, include, progress }: Scan): string {
  const types = include.join() === '*' ? 'all types' : include.slice(0, 2).join(', ')
  return `${formatTime(createdAt)}, ${types} (${progress.total ?? 0})`
}
