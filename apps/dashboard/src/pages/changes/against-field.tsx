import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../data/api.ts'
import { useRequest } from '../../data/use-request.ts'
import { formatTime } from '../../format/clock.ts'
import { setQuery } from '../../router/location.ts'

interface AgainstProps {
  scanId: string
  /** Id of the scan that is compared with; undefined when there is none. */
  against: string | undefined
}

/** Chooses the earlier scan to compare with, among the newest finished ones of the cluster. */
export function AgainstField({ scanId, against }: AgainstProps) {
  const read = useRequest(scanId, async (signal) => {
    const { cluster } = await api.readScan(scanId, signal)
    return (await api.listScans({ cluster }, signal)).data
  })
  const earlier = (read.data ?? []).filter(
    ({ id, done, progress }) => done && progress.total !== null && id < scanId,
  )
  const isListed = earlier.some(({ id }) => id === against)
  if (earlier.length === 0) return null
  return (
    <label class="row">
      <span class="muted">compared with the scan of</span>
      <select
        value={against ?? ''}
        onChange={({ currentTarget }) => setQuery({ against: currentTarget.value })}
      >
        {!isListed && <option value={against ?? ''}>{against ?? 'choose a scan'}</option>}
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
