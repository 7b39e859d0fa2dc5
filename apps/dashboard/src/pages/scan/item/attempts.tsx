import { formatCount, formatDuration } from '@capstan/shared/text/units'
import type { Attempt, ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { now } from '../../../format/clock.ts'
import { layOutAttempts, type WaterfallBar } from './lay-out-attempts.ts'

interface AttemptsProps {
  item: ScanItem
  /** When the types of the scan were queued, in ms. */
  queuedAt: number
}

/** The attempts of a type on one time line: how long it waited, and how long each call took. */
export function Attempts({ item, queuedAt }: AttemptsProps) {
  const isRunning = item.status === 'running'
  const { bars, totalMs } = layOutAttempts(item, queuedAt, isRunning ? now.value : 0)
  return (
    <section aria-labelledby="attempts">
      <div class="section-head">
        <h3 id="attempts">Attempts</h3>
        {bars.length > 0 && <span class="muted">{formatDuration(totalMs)} in all</span>}
      </div>
      {bars.length === 0 ? (
        <p class="muted">{describeNone(item)}</p>
      ) : (
        <ol class="waterfall">
          {bars.map((bar, index) => (
            <Bar
              key={bar.attempt.startedAt}
              bar={bar}
              isRunning={isRunning && index === bars.length - 1}
            />
          ))}
        </ol>
      )}
    </section>
  )
}

function describeNone({ status, cached, source }: ScanItem): string {
  if (cached) return 'None: the answer was stored before.'
  if (source === 'curated') return 'None: a curated answer needs no call.'
  if (status === 'skipped') return 'None: the type was skipped.'
  return status === 'queued' ? 'None yet: the type waits in the queue.' : 'None was recorded.'
}

function Bar({ bar, isRunning }: { bar: WaterfallBar; isRunning: boolean }) {
  const { attempt, waitMs, waitStart, start, end } = bar
  const outcome = isRunning ? 'running' : attempt.outcome
  const toWidth = (share: number): string => `${(100 * share).toFixed(2)}%`
  return (
    <li>
      <span class="bar-track" aria-hidden="true">
        <i class="wait" style={{ left: toWidth(waitStart), width: toWidth(start - waitStart) }} />
        <i class={outcome} style={{ left: toWidth(start), width: toWidth(end - start) }} />
      </span>
      <span class="row">
        <strong>
          {attempt.n}. {outcome}
        </strong>
        <span class="muted">
          {waitMs >= 100 && `waited ${formatDuration(waitMs)}, `}
          {isRunning ? 'runs for' : 'took'} {formatDuration(attempt.durationMs)}
        </span>
      </span>
      <AttemptFacts attempt={attempt} />
    </li>
  )
}

function AttemptFacts({ attempt: { model, worker, usage, problem } }: { attempt: Attempt }) {
  const facts = [
    model,
    worker && `worker ${worker}`,
    usage &&
      `${formatCount(usage.inputTokens + usage.cachedTokens)} tokens in, ${formatCount(usage.outputTokens)} out`,
  ].filter(Boolean)
  return (
    <>
      {facts.length > 0 && <span class="muted">{facts.join(' · ')}</span>}
      {problem && (
        <span class="bad-text">
          {problem.title}
          {problem.detail && <span class="muted"> {problem.detail}</span>}
        </span>
      )}
    </>
  )
}
