import { formatTime, now } from '../format/clock.ts'
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
    const known = heardAt.value
    return (
      <span class="warn-text" role="status">
        <span class="dot" />
        reconnecting in {seconds} s
        {known !== null && `, as of ${formatTime(new Date(known).toISOString())}`}
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
