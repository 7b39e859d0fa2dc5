import { useState } from 'preact/hooks'
import type { Schedule } from '@capstan/shared/contract/scan/schedule'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatTime } from '../../../format/clock.ts'
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Link } from '../../../router/link.tsx'

interface ScheduleRowProps {
  schedule: Schedule
  onChange: () => void
}

/** One schedule with its last run and its next one. */
export function ScheduleRow({ schedule, onChange }: ScheduleRowProps) {
  const { name, cron, timeZone, scan, nextRunAt, paused, warnings } = schedule
  return (
    <tr>
      <td>
        <strong>{name}</strong>
        {warnings.map((warning) => (
          <div key={warning} class="warn-text">
            {warning}
          </div>
        ))}
      </td>
      <td>
        <code>{cron}</code> <span class="muted">{timeZone}</span>
      </td>
      <td class="muted">
        {scan.include.join(', ')} of {scan.cluster ?? 'the configured cluster'}
      </td>
      <td>
        {paused && <span class="status calm">paused</span>}
        {nextRunAt !== null && formatTime(nextRunAt)}
      </td>
      <td>
        <LastRun schedule={schedule} />
      </td>
      <td>{isAllowed('operator') && <Actions schedule={schedule} onChange={onChange} />}</td>
    </tr>
  )
}

function LastRun({ schedule: { lastRun } }: { schedule: Schedule }) {
  if (lastRun === null) return <span class="muted">none yet</span>
  const { at, scanId, problem, joined, waiting } = lastRun
  if (scanId !== null)
    return (
      <>
        <Link to={`scans/${scanId}`}>{formatTime(at)}</Link>
        {joined && <span class="muted"> joined a running scan</span>}
      </>
    )
  return (
    <span class={waiting ? 'warn-text' : 'bad-text'}>
      {formatTime(at)}: {waiting ? 'waits' : 'failed'}
      {problem !== null && `, ${problem}`}
    </span>
  )
}

function Actions({ schedule, onChange }: ScheduleRowProps) {
  const [isAsked, setAsked] = useState(false)
  const action = useAction()
  const { name, cron, timeZone, paused, scan } = schedule
  const toggle = async (): Promise<void> => {
    const body = { cron, timeZone, scan, paused: !paused }
    if (await action.run(() => api.putSchedule(name, body))) onChange()
  }
  return (
    <span class="row">
      <button
        type="button"
        class="button small"
        disabled={action.isRunning}
        onClick={() => void toggle()}
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" class="button small danger" onClick={() => setAsked(true)}>
        Delete
      </button>
      {action.error !== undefined && <FaultNotice error={action.error} />}
      {isAsked && (
        <ConfirmDialog
          title={`Delete the schedule ${name}?`}
          verb="Delete"
          isDanger
          work={async () => {
            await api.deleteSchedule(name)
            onChange()
          }}
          onClose={() => setAsked(false)}
        >
          Scans that it has started go on.
        </ConfirmDialog>
      )}
    </span>
  )
}
