import type { Scan } from '@capstan/shared/contract/scan/scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { formatClockTime, formatTimeLeft } from '@capstan/shared/text/units'
import { formatFailure } from './format-live-region.ts'
import type { StyledLine } from './styled-line.ts'
import { formatThrottle } from './format-throttle.ts'
import { formatWaiting } from './format-waiting.ts'
import type { TypeFailure, ScanViewState } from './scan-view-state.ts'

/** Printed state of a plain log. */
export interface PlainLogState {
  lastPercent: number
  lastPrintedAtMs: number
  printedFailures: ReadonlySet<TypeFailure>
  lastStatus: string
  lastWarnings: readonly string[]
  /** The last printed reason of a wait. */
  lastThrottle: string
  /** The last printed scan that types wait for. */
  lastWaitingFor: string
  /** Kind and account of the last printed bound of the speed. */
  lastBound: string
  lastLink: 'live' | 'away'
}

export const EMPTY_PLAIN_LOG: PlainLogState = {
  lastPercent: Number.NEGATIVE_INFINITY,
  lastPrintedAtMs: Number.NEGATIVE_INFINITY,
  printedFailures: new Set(),
  lastStatus: '',
  lastWarnings: [],
  lastThrottle: '',
  lastWaitingFor: '',
  lastBound: '',
  lastLink: 'live',
}

const BEFORE_PLAN = -1
const STEP_PERCENT = 10
const STEP_MS = 10_000

/** Returns the lines to add to a log: one per 10 % or 10 s, each failure, each pause, each lost connection. */
export function nextPlainLines(
  log: PlainLogState,
  state: ScanViewState,
  nowMs: number,
): { log: PlainLogState; lines: StyledLine[] } {
  const { scan, failures, link } = state
  const lines = failures.filter((failure) => !log.printedFailures.has(failure)).map(formatFailure)
  const isNewlyPaused = scan.status === 'paused' && log.lastStatus !== 'paused'
  if (isNewlyPaused && scan.pause) lines.push(formatPause(scan.pause))
  const throttle = listNewThrottle(log, scan)
  const waiting = listNewWait(log, scan)
  const bound = listNewBound(log, scan)
  lines.push(...throttle.lines, ...waiting.lines, ...bound.lines)
  lines.push(...listNewWarnings(log, state))
  if (link.state !== log.lastLink) lines.push(linkLine(state))
  const percent = computeStep(scan)
  const isDue = percent > log.lastPercent || nowMs - log.lastPrintedAtMs >= STEP_MS
  if (isDue && !state.ended) lines.push(formatProgress(state, nowMs))
  return {
    lines,
    log: {
      lastPercent: isDue ? percent : log.lastPercent,
      lastPrintedAtMs: isDue ? nowMs : log.lastPrintedAtMs,
      printedFailures: new Set(failures),
      lastStatus: scan.status,
      lastWarnings: scan.warnings,
      lastThrottle: throttle.printed,
      lastWaitingFor: waiting.printed,
      lastBound: bound.printed,
      lastLink: link.state,
    },
  }
}

/** The end block lists the warnings of a finished scan. */
function listNewWarnings(
  { lastWarnings }: PlainLogState,
  { scan, ended }: ScanViewState,
): StyledLine[] {
  if (ended) return []
  return scan.warnings
    .filter((warning) => !lastWarnings.includes(warning))
    .map((warning) => [{ text: `! ${warning}`, tone: 'warn' }])
}

/** BEFORE_PLAN without a plan, then each multiple of 10 %. */
function computeStep({ progress: { total, percent } }: Scan): number {
  return total === null ? BEFORE_PLAN : Math.floor(percent / STEP_PERCENT) * STEP_PERCENT
}

function formatProgress({ scan, offsetMs }: ScanViewState, nowMs: number): StyledLine {
  const { progress, eta, status } = scan
  const elapsedMs = nowMs + offsetMs - Date.parse(scan.startedAt ?? scan.createdAt)
  return [
    [
      scan.id,
      status,
      ...(progress.total === null
        ? []
        : [
            `${Math.floor(progress.percent)} %`,
            `${progress.finished}/${progress.total}`,
            `${progress.succeeded} ok`,
            `${progress.failed} failed`,
            `${progress.running} running`,
          ]),
      `${formatClockTime(elapsedMs)} elapsed`,
      ...formatEta(eta),
    ].join('  '),
  ]
}

/** The time left with its error band, and for how long calls have hung. */
function formatEta({ seconds, low, high, silentSeconds }: Scan['eta']): string[] {
  if (seconds === null) return []
  const band =
    low === null || high === null ? '' : ` (${formatTimeLeft(low)} to ${formatTimeLeft(high)})`
  const left = `~${formatTimeLeft(seconds)} left${band}`
  return silentSeconds === null ? [left] : [left, `no answer for ${formatTimeLeft(silentSeconds)}`]
}

function formatPause(pause: NonNullable<Scan['pause']>): StyledLine {
  const why = pause.problem?.title ?? pause.reason
  const hint = pause.problem?.hint ? ` ${pause.problem.hint}` : ''
  return [{ text: `‖ paused by ${pause.by}: ${why}.${hint}`, tone: 'warn' }]
}

/** Printed once for each reason, even if the wait was interrupted. */
function listNewThrottle(
  { lastThrottle }: PlainLogState,
  { throttle }: Scan,
): { printed: string; lines: StyledLine[] } {
  if (!throttle) return { printed: lastThrottle, lines: [] }
  const printed = formatThrottle(throttle)
  const hint = throttle.fault?.hint === undefined ? '' : ` ${throttle.fault.hint}`
  const line: StyledLine = [{ text: toPlainText(`⏳ waiting: ${printed}.${hint}`), tone: 'warn' }]
  return { printed, lines: printed === lastThrottle ? [] : [line] }
}

/** Printed once for each scan, however the number of waiting types changes. */
function listNewWait(
  { lastWaitingFor }: PlainLogState,
  { waitingFor }: Scan,
): { printed: string; lines: StyledLine[] } {
  if (!waitingFor || waitingFor.scanId === lastWaitingFor)
    return { printed: lastWaitingFor, lines: [] }
  const line: StyledLine = [{ text: `⏳ waiting for ${formatWaiting(waitingFor)}`, tone: 'warn' }]
  return { printed: waitingFor.scanId, lines: [line] }
}

/** Printed once for each bound, however its numbers change. A line of its own names a wait and a pause. */
function listNewBound(
  { lastBound }: PlainLogState,
  { notFaster, throttle, waitingFor, status }: Scan,
): { printed: string; lines: StyledLine[] } {
  const isShown = throttle !== null || waitingFor !== null || status === 'paused'
  if (notFaster === null || isShown) return { printed: lastBound, lines: [] }
  const printed = `${notFaster.kind} ${notFaster.account ?? ''}`
  const line: StyledLine = [{ text: toPlainText(`⏱ ${notFaster.text}`), tone: 'dim' }]
  return { printed, lines: printed === lastBound ? [] : [line] }
}

function linkLine({ link }: ScanViewState): StyledLine {
  if (link.state === 'live') return ['↻ connected again']
  return [{ text: `↻ no connection (${link.why}); retrying`, tone: 'warn' }]
}
