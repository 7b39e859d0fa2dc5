import type { Scan } from '@capstan/shared/contract/scan/scan'
import { formatTimeOfDay } from '../../../format/clock.ts'
import { Link } from '../../../router/link.tsx'
import { place, setQuery, toChangedPage } from '../../../router/location.ts'
import { useEventLog } from './use-event-log.ts'

/** The last events of a scan. Closed at first, because the rest of the page states their results; the URL holds whether it is open. */
export function EventLog({ scan }: { scan: Scan }) {
  const isOpen = place.value.query.has('log')
  const setOpen = (isNowOpen: boolean): void => {
    if (isNowOpen !== isOpen) setQuery({ log: isNowOpen ? 'open' : '' }, { replace: true })
  }
  return (
    <details
      class="card"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary class="card-head">
        <h2>Events</h2>
        <span class="muted">{scan.lastSeq}</span>
      </summary>
      {isOpen && <Entries scan={scan} />}
    </details>
  )
}

function Entries({ scan }: { scan: Scan }) {
  const entries = useEventLog(scan.id, scan.lastSeq)
  return (
    <ol class="log" tabIndex={0} aria-label="Events, the newest first">
      {entries.map(({ key, frame: { data }, text }) => (
        <li key={key}>
          <time dateTime={data.at}>{formatTimeOfDay(data.at)}</time>
          <span>
            {data.resource !== undefined && (
              <Link to={toChangedPage({ item: data.resource })}>{data.resource}</Link>
            )}{' '}
            {text}
          </span>
        </li>
      ))}
      {entries.length === 0 && <li class="muted">No events are kept.</li>}
    </ol>
  )
}
