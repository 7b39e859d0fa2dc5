import { useEffect, useMemo } from 'preact/hooks'
import { formatDuration } from '@capstan/shared/text/units'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { subscribeToScan } from '../../../data/scan-frames.ts'
import { usePolling } from '../../../data/use-polling.ts'
import { now } from '../../../format/clock.ts'
import { Link } from '../../../router/link.tsx'
import { toChangedPage } from '../../../router/location.ts'
import { openRunningTypes } from './running-types.ts'

/** More would push the rest of the page away. */
const SHOWN = 12
/** A call that takes longer than this stands out. */
const LONG_MS = 30_000

/** The types with a call now, the oldest first. */
export function RunningNow({ scan: { id, progress } }: { scan: Scan }) {
  const running = useMemo(() => openRunningTypes(id), [id])
  useEffect(() => {
    const leave = subscribeToScan(id, running.apply)
    running.read()
    return () => {
      leave()
      running.close()
    }
  }, [running])
  usePolling(running.read)
  const types = [...running.types.value.values()].toSorted((a, b) => a.since.localeCompare(b.since))
  return (
    <section class="card" aria-labelledby="running-now">
      <div class="card-head">
        <h2 id="running-now">Running now</h2>
        <span class="muted">{progress.running}</span>
      </div>
      <ul class="lanes">
        {types.slice(0, SHOWN).map(({ resource, since, attempt, worker }) => {
          const age = Math.max(0, now.value - Date.parse(since))
          return (
            <li key={resource} class="lane" title={worker && `worker ${worker}`}>
              <Link to={toChangedPage({ item: resource })}>{resource}</Link>
              {attempt > 1 && <span class="warn-text">attempt {attempt}</span>}
              <span class={age > LONG_MS ? 'number small-text warn-text' : 'number muted'}>
                {formatDuration(age)}
              </span>
            </li>
          )
        })}
        {types.length > SHOWN && <li class="lane muted">and {types.length - SHOWN} more</li>}
        {types.length === 0 && <li class="lane muted">No call runs.</li>}
      </ul>
    </section>
  )
}
