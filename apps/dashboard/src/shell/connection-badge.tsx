import { formatDuration } from '@capstan/shared/text/units'
import { reachedAt } from '../data/reached-at.ts'
import { now } from '../format/clock.ts'
import { connection, heardAt } from '../data/store.ts'
import { isPolling } from './is-stale.ts'

/** Tells how fresh the page is: live, or since when it is not. */
export function ConnectionBadge() {
  const status = connection.value
  if (status.state === 'live')
    return (
      <span class="good" title="Changes appear as they happen">
        <span class="dot" />
        live
      </span>
    )
  if (isPolling.value)
    return (
      <span class="warn-text" title="The stream of events is interrupted">
        <span class="dot" />
        polling every 5 s
      </span>
    )
  if (status.state === 'waiting') {
    const seconds = Math.max(0, Math.ceil((status.at - now.value) / 1000))
    const known = Math.max(heardAt.value ?? 0, reachedAt.value)
    return (
      <span class="warn-text" role="status">
        <span class="dot" />
        reconnecting in {seconds} s
        {known > 0 && `, data is ${formatDuration(Math.max(0, now.value - known))} old`}
      </span>
    )
  }
  return (
    <span class="quiet">
      <span class="dot" />
      {status.state === 'asleep' ? 'asleep' : 'connecting'}
    </span>
  )
}
