import { formatCount, formatDuration } from '@capstan/shared/text/units'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { now } from '../../../format/clock.ts'
import { Countdown } from '../../../parts/countdown.tsx'
import { SourceBadge } from '../../../parts/source-badge.tsx'
import { Status } from '../../../parts/status.tsx'
import { useChanged } from '../../../parts/use-changed.ts'
import { Link } from '../../../router/link.tsx'
import { toChangedPage } from '../../../router/location.ts'

interface ItemRowProps {
  /** Place in the list, from 0. */
  index: number
  item: ScanItem
  isOpen: boolean
}

/** One type of a scan. */
export function ItemRow({ index, item, isOpen }: ItemRowProps) {
  const { resource, status, attempt, usage, confidence } = item
  const hasChanged = useChanged(status)
  const tokens = usage ? usage.inputTokens + usage.cachedTokens + usage.outputTokens : 0
  return (
    <tr data-index={index} aria-rowindex={index + 2} aria-selected={isOpen}>
      <td class="ellipsis" title={resource}>
        <Link to={toChangedPage({ item: resource })}>{resource}</Link>
      </td>
      <td>
        <span key={status} class={hasChanged ? 'flash' : undefined}>
          <Status status={status} />
        </span>
      </td>
      <td class="number col-attempt">{attempt > 0 ? attempt : '–'}</td>
      <td class="number col-duration">
        <ItemDuration item={item} />
      </td>
      <td class="number col-tokens">{tokens > 0 ? formatCount(tokens) : '–'}</td>
      <td class="number col-confidence">{confidence === null ? '–' : confidence.toFixed(2)}</td>
      <td class="ellipsis col-note">
        <ItemNote item={item} />
      </td>
    </tr>
  )
}

function ItemDuration({ item }: { item: ScanItem }) {
  const { status, startedAt, durationMs } = item
  if (status === 'running' && startedAt !== null)
    return <>{formatDuration(Math.max(0, now.value - Date.parse(startedAt)))}</>
  const hasRun = durationMs !== null && status !== 'queued'
  return <>{hasRun ? formatDuration(durationMs) : '–'}</>
}

/** The fact that explains the status best. */
function ItemNote({ item }: { item: ScanItem }) {
  const { status, problem, nextAttemptAt, reason, source, cached } = item
  if (status === 'retrying' && nextAttemptAt !== null)
    return (
      <span class="warn-text">
        next attempt in <Countdown until={nextAttemptAt} />
      </span>
    )
  if (problem) return <span class="bad-text">{problem.title}</span>
  if (reason) return <span class="muted">{reason}</span>
  return source && <SourceBadge source={source} cached={cached} />
}

export function ItemRowSkeleton({ index, columns }: { index: number; columns: number }) {
  return (
    <tr data-index={index} aria-rowindex={index + 2}>
      {Array.from({ length: columns }, (_, column) => (
        <td key={column} class={column > 1 ? 'number' : undefined}>
          <span class="skeleton" style={{ width: column === 0 ? '60%' : '50%' }} />
        </td>
      ))}
    </tr>
  )
}
