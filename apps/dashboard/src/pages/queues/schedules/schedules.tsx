import { useState } from 'preact/hooks'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { useRequest } from '../../../data/use-request.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { ScheduleDialog } from './schedule-dialog.tsx'
import { ScheduleRow } from './schedule-row.tsx'
import { TableHead } from '../../../parts/table-head.tsx'

const COLUMNS = ['Schedule', 'When', 'Scans', 'Next run', 'Last run', 'Actions'] as const

/** Scans that start by the clock. */
export function Schedules() {
  const [isAdding, setAdding] = useState(false)
  const { data, error, reload } = useRequest('schedules', (signal) => api.listSchedules(signal))
  const schedules = data?.data ?? []
  return (
    <section class="card" aria-label="Schedules">
      <div class="card-head">
        <h2>Schedules</h2>
        {isAllowed('operator') && (
          <button type="button" class="button small" onClick={() => setAdding(true)}>
            <Icon name="plus" /> New schedule
          </button>
        )}
      </div>
      {error !== undefined && <FaultNotice error={error} onRetry={reload} />}
      {data && schedules.length === 0 && (
        <p class="empty small">No schedule. One starts a scan by the clock, such as every night.</p>
      )}
      {schedules.length > 0 && (
        <div class="table-wrap roomy" tabIndex={0}>
          <table>
            <TableHead columns={COLUMNS} />
            <tbody>
              {schedules.map((schedule) => (
                <ScheduleRow key={schedule.name} schedule={schedule} onChange={reload} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isAdding && (
        <ScheduleDialog
          onClose={(hasChanged) => {
            setAdding(false)
            if (hasChanged) reload()
          }}
        />
      )}
    </section>
  )
}
