import type { Scan } from '@capstan/shared/contract/scan/scan'
import { now, formatTime } from '../../format/clock.ts'
import { formatNumber } from '../../format/number.ts'
import { formatDuration } from '@capstan/shared/text/units'
import { formatMoney } from '../../format/money.ts'
import { Segments } from '../../parts/segments.tsx'
import { Status } from '../../parts/status.tsx'
import { useChanged } from '../../parts/use-changed.ts'
import { Link } from '../../router/link.tsx'
import { describeStarter } from './describe-starter.ts'

/** One scan of the list. */
export function ScanRow({ scan }: { scan: Scan }) {
  const { progress, usage, demo, status } = scan
  const hasChanged = useChanged(status)
  return (
    <tr data-scan={scan.id} data-seq={scan.lastSeq}>
      <td>
        <span key={status} class={hasChanged ? 'flash' : undefined}>
          <Status status={status} />
        </span>
      </td>
      <td>
        <Link to={`scans/${scan.id}`} class="row-link">
          {scan.cluster}
          <span class="muted">
            {' '}
            {scan.include.join() === '*' ? 'all types' : scan.include.slice(0, 2).join(', ')}
            {scan.include.length > 2 && ` +${scan.include.length - 2}`}
          </span>
        </Link>
      </td>
      <td class="progress-cell">
        <Segments progress={progress} />
        <span class="muted">
          {progress.total === null
            ? 'not planned yet'
            : `${formatNumber(progress.finished)} of ${formatNumber(progress.total)}`}
          {progress.failed > 0 && (
            <span class="bad-text">, {formatNumber(progress.failed)} failed</span>
          )}
        </span>
      </td>
      <td class="muted nowrap">
        {formatTime(scan.createdAt)} <StarterText scan={scan} />
      </td>
      <td class="number">{formatDuration(readDuration(scan))}</td>
      <td class="number">{demo ? '–' : formatMoney(usage.costUsd)}</td>
      <td class="muted nowrap">{demo ? 'no model' : scan.model}</td>
    </tr>
  )
}

function StarterText({ scan }: { scan: Scan }) {
  const { kind, name } = describeStarter(scan)
  return (
    <>
      {kind !== 'person' && <span class="badge">{kind}</span>} {name}
    </>
  )
}

/** Time from the start to the end; while it runs, until now. */
function readDuration({ createdAt, finishedAt }: Scan): number {
  const end = finishedAt === null ? now.value : Date.parse(finishedAt)
  return Math.max(0, end - Date.parse(createdAt))
}
