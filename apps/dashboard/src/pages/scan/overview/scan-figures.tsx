import type { ComponentChildren } from 'preact'
import {
  formatClockTime,
  formatTimeLeft,
  formatCount,
  formatDuration,
} from '@capstan/shared/text/units'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { now } from '../../../format/clock.ts'
import { formatMoney } from '../../../format/money.ts'
import { formatNumber } from '../../../format/number.ts'
import { Segments } from '../../../parts/segments.tsx'
import { Meter } from '../../../parts/meter.tsx'
import { isStale } from '../../../shell/is-stale.ts'
import { describeSaved } from './describe-saved.ts'
import { SpokenProgress } from './spoken-progress.tsx'
import { WhyNotFaster } from './why-not-faster.tsx'

/** How far the scan is, how long it takes, and what it costs. */
export function ScanFigures({ scan }: { scan: Scan }) {
  const { progress, lastSeq } = scan
  return (
    <section class="card card-body figures" aria-label="Progress" data-seq={lastSeq}>
      <div class="figures-head">
        <Percent scan={scan} />
        <TimeFigures scan={scan} />
        <CostFigures scan={scan} />
      </div>
      <Segments progress={progress} tall />
      <WhyNotFaster scan={scan} />
      {isStale.value && <p class="muted">as of event {formatNumber(lastSeq)}</p>}
      <SpokenProgress scan={scan} />
    </section>
  )
}

function Percent({ scan: { progress, status } }: { scan: Scan }) {
  const { total, finished, percent } = progress
  const isDiscovering = total === null && status === 'discovering'
  return (
    <div class="percent">
      <strong>{total === null ? '–' : `${Math.floor(percent)} %`}</strong>
      <span class="muted">
        {isDiscovering
          ? 'discovering the types of the cluster'
          : total === null
            ? 'no plan'
            : `${formatNumber(finished)} of ${formatNumber(total)} types`}
      </span>
    </div>
  )
}

interface FigureProps {
  name: string
  value: ComponentChildren
  note?: ComponentChildren
}

function Figure({ name, value, note }: FigureProps) {
  return (
    <div class="figure">
      <h2>{name}</h2>
      <span class="value">{value}</span>
      {note !== undefined && <span class="muted">{note}</span>}
    </div>
  )
}

function TimeFigures({ scan }: { scan: Scan }) {
  const { startedAt, createdAt, finishedAt, eta, done } = scan
  const end = finishedAt === null ? now.value : Date.parse(finishedAt)
  const elapsed = Math.max(0, end - Date.parse(startedAt ?? createdAt))
  return (
    <>
      <Figure
        name={done ? 'Took' : 'Elapsed'}
        value={done ? formatDuration(elapsed) : formatClockTime(elapsed)}
        note={done ? describeSpeed(scan, elapsed) : undefined}
      />
      {!done && (
        <Figure
          name="Time left"
          value={eta.seconds === null ? '–' : `about ${formatTimeLeft(eta.seconds)}`}
          note={describeTimeLeft(scan)}
        />
      )}
    </>
  )
}

/** The error band, and the rate, or for how long calls have hung. */
function describeTimeLeft(scan: Scan): string | undefined {
  const { low, high, silentSeconds } = scan.eta
  const rate =
    silentSeconds === null
      ? describeRate(scan)
      : `waiting for answers: none for ${formatTimeLeft(silentSeconds)}`
  if (low === null || high === null) return rate
  const band = `${formatTimeLeft(low)} to ${formatTimeLeft(high)}`
  return rate === undefined ? band : `${band}, ${rate}`
}

function describeRate({ eta, status }: Scan): string | undefined {
  if (status === 'paused') return 'while it is paused'
  if (eta.ratePerMinute > 0) return `${Math.round(eta.ratePerMinute)} types a minute`
  return eta.seconds === null ? 'not known yet' : undefined
}

/** Compares with the time of all calls one after another. */
function describeSpeed({ workMs, runAttempt }: Scan, elapsed: number): string | undefined {
  if (workMs <= elapsed || runAttempt > 1 || elapsed === 0) return undefined
  const times = workMs / elapsed
  return `${times.toFixed(times < 10 ? 1 : 0)} times as fast as one after another`
}

function CostFigures({ scan }: { scan: Scan }) {
  const { usage, budget, demo } = scan
  const tokens = usage.inputTokens + usage.cachedTokens + usage.outputTokens
  const saved = describeSaved(scan)
  return (
    <>
      <Figure
        name="Cost"
        value={demo ? 'no model' : formatMoney(usage.costUsd)}
        note={
          budget.maxCostUsd === undefined ? (
            usage.pricing === 'estimated' && 'some tokens are estimates'
          ) : (
            <Meter
              value={usage.costUsd ?? 0}
              most={budget.maxCostUsd}
              expected={forecastCost(scan)}
              label={`of ${formatMoney(budget.maxCostUsd)}`}
            />
          )
        }
      />
      {!demo && (
        <Figure
          name="Tokens"
          value={formatCount(tokens)}
          note={usage.calls === 1 ? '1 call' : `${formatNumber(usage.calls)} calls`}
        />
      )}
      {saved !== undefined && <Figure name="Saved" value={saved.value} note={saved.note} />}
    </>
  )
}

/** Cost at the end, when the rest costs as much as what has ended. Null when it is unknown. */
function forecastCost({ usage, progress, done }: Scan): number | null {
  const { total, succeeded, failed, queued, running, retrying } = progress
  const paid = succeeded + failed - usage.cacheHits - usage.curatedAnswers
  if (done || total === null || usage.costUsd === null || paid < 5) return null
  return (usage.costUsd / paid) * (paid + queued + running + retrying)
}
