import type { Scan } from '@capstan/shared/contract/scan/scan'
import { now, formatTime } from '../../format/clock.ts'
import { formatNumber } from '../../format/number.ts'
import { formatDuration } from '@capstan/shared/text/units'
import { formatMoney } from '../../format/money.ts'
import { Segments } from '../../parts/segments.tsx'
import { Status } from '../../parts/status.tsx'
import { Link } from '../../router/link.tsx'

/** One scan of the list. */
export function ScanRow({ scan }: { scan: Scan }) {
  const { progress, usage, demo } = scan
  return (
    <tr>
      <td>
        <Status status={scan.status} />
      </td>
      <td>
        <Link to={`scans/${scan.id}`}>
          <code>{scan.id.slice(0, 18)}…</code>
        </Link>{' '}
        <span class="muted">{scan.cluster}</span>
      </td>
      <td class="progress-cell">
        <Segments progress={progress} />
        <span class="muted">
          {progress.total === null
            ? 'not planned yet'
            : `${formatNumber(progress.finished)} of ${formatNumber(progress.total)}`}
        </span>
      </td>
      <td class="muted">
        {scan.createdBy}, {formatTime(scan.createdAt)}
      </td>
      <td class="number">{formatDuration(readDuration(scan))}</td>
      <td class="number">{demo ? '–' : formatMoney(usage.costUsd)}</td>
      <td class="muted">{demo ? 'no model' : scan.model}</td>
    </tr>
  )
}

/** Time from the start to the end; while it runs, until now. */
function readDuration({ createdAt, finishedAt }: Scan): number {
  const end = finishedAt === null ? now.value : Date.parse(finishedAt)
  return Math.max(0, end - Date.parse(createdAt))
}
