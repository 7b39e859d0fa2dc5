import { useMemo, useState } from 'preact/hooks'
import { formatClockTime } from '@capstan/shared/text/units'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { useRequest } from '../../../data/use-request.ts'
import { formatNumber } from '../../../format/number.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Segments } from '../../../parts/segments.tsx'
import { place, setQuery } from '../../../router/location.ts'
import { describeFrame } from '../log/describe-frame.ts'
import { readAllEvents } from './read-all-events.ts'
import { replayEvents, type ReplayStep } from './replay-events.ts'
import { ReplayChart } from './replay-chart.tsx'

/** The counters of a finished scan at any of its events. Closed at first: it reads all events. */
export function Replay({ scan }: { scan: Scan }) {
  const isAsked = place.value.query.has('at')
  const [isOpen, setOpen] = useState(isAsked)
  return (
    <details
      class="card"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary class="card-head">
        <h2>Replay</h2>
        <span class="muted">counters at any event</span>
      </summary>
      {isOpen && <ReplayContent scan={scan} />}
    </details>
  )
}

function ReplayContent({ scan }: { scan: Scan }) {
  const read = useRequest(`${scan.id} ${scan.lastSeq}`, (signal) => readAllEvents(scan.id, signal))
  const steps = useMemo(() => replayEvents(read.data?.frames ?? []), [read.data])
  if (read.error !== undefined) return <FaultNotice error={read.error} onRetry={read.reload} />
  if (read.data === undefined)
    return (
      <div class="card-body page-skeleton" aria-busy="true">
        <span class="skeleton" />
        <span class="skeleton" />
      </div>
    )
  if (read.data.isIncomplete || steps.length === 0)
    return (
      <p class="card-body muted">The first events are no longer kept, so there is no replay.</p>
    )
  return <Scrubber steps={steps} />
}

function Scrubber({ steps }: { steps: ReplayStep[] }) {
  const asked = Number(place.value.query.get('at') ?? steps.length)
  const index = Math.min(steps.length, Math.max(1, Number.isFinite(asked) ? asked : 1)) - 1
  const step = steps[index]
  const first = steps[0]
  if (step === undefined || first === undefined) return null
  const { progress, frame } = step
  const passed = Date.parse(frame.data.at) - Date.parse(first.frame.data.at)
  const text = `event ${formatNumber(index + 1)} of ${formatNumber(steps.length)}`
  return (
    <div class="card-body replay" data-seq={frame.data.seq}>
      <ReplayChart steps={steps} index={index} />
      <input
        type="range"
        min={1}
        max={steps.length}
        value={index + 1}
        aria-label="Event number"
        aria-valuetext={`${text}, ${progress.finished} types finished`}
        onInput={({ currentTarget }) => setQuery({ at: currentTarget.value }, { replace: true })}
      />
      <Segments progress={progress} tall />
      <p class="row">
        <strong>{formatClockTime(passed)}</strong>
        <span class="muted">{text}</span>
        <span>
          {formatNumber(progress.finished)} of {formatNumber(progress.total ?? 0)} finished,{' '}
          {formatNumber(progress.running)} running, {formatNumber(progress.failed)} failed
        </span>
        <span class="muted">
          {frame.data.resource} {describeFrame(frame)}
        </span>
      </p>
    </div>
  )
}
