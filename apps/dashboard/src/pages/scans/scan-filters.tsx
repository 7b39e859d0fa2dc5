import type { Scan } from '@capstan/shared/contract/scan/scan'
import { SCAN_STATUSES } from '@capstan/shared/contract/scan/scan-status-names'
import { setQuery } from '../../router/location.ts'
import type { ScanFilter } from './use-scan-list.ts'

interface FiltersProps {
  filter: ScanFilter
  /** All known scans, for counts and clusters. */
  scans: Scan[]
}

/** Filters by status and cluster. Both are in the URL. */
export function ScanFilters({ filter, scans }: FiltersProps) {
  const clusters = [...new Set([...scans.map(({ cluster }) => cluster), filter.cluster])]
  const named = clusters.filter((name) => name !== '').toSorted()
  return (
    <div class="row" role="group" aria-label="Filters">
      {SCAN_STATUSES.map((status) => {
        const count = scans.filter((scan) => scan.status === status).length
        const isOn = status === filter.status
        if (count === 0 && !isOn) return null
        return (
          <button
            key={status}
            type="button"
            class="chip"
            aria-pressed={isOn}
            onClick={() => setQuery({ status: isOn ? '' : status })}
          >
            {status} {count}
          </button>
        )
      })}
      {named.length > 1 && (
        <label>
          <span class="only-read">Cluster</span>
          <select
            value={filter.cluster}
            onChange={({ currentTarget }) => setQuery({ cluster: currentTarget.value })}
          >
            <option value="">all clusters</option>
            {named.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
    </div>
  )
}
