import type { Scan } from '@capstan/shared/contract/scan/scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { clockTime } from '../output/units.ts'
import { failureLine } from './live-lines.ts'
import type { Line } from './line.ts'
import { throttleText } from './throttle-text.ts'
import { waitingText } from './waiting-text.ts'
import type { Failure, WatchState } from './watch-state.ts'

/** What has been said so far. */
export interface PlainMemory {
  saidPercent: number
  saidAtMs: number
  saidFailures: ReadonlySet<Failure>
  saidStatus: string
  saidWarnings: readonly string[]
  /** Why it waited when that was said last. */
  saidThrottle: string
  /** The scan that it waited for when that was said last. */
  saidWaitingFor: string
  saidLink: 'live' | 'away'
}

export const NOTHING_SAID: PlainMemory = {
  saidPercent: Number.NEGATIVE_INFINITY,
  saidAtMs: Number.NEGATIVE_INFINITY,
  saidFailures: new Set(),
  saidStatus: '',
  saidWarnings: [],
  saidThrottle: '',
  saidWaitingFor: '',
  saidLink: 'live',
}

const BEFORE_PLAN = -1
const STEP_PERCENT = 10
const STEP_MS = 10_000

/** The lines to add for a log: every 10 % or 10 s one, each failure, each pause and lost connection. */
export function plainSteps(
  said: PlainMemory,
  state: WatchState,
  nowMs: number,
): { said: PlainMemory; lines: Line[] } {
  const { scan, failures, link } = state
  const lines = failures.filter((failure) => !said.saidFailures.has(failure)).map(failureLine)
  const isNewlyPaused = scan.status === 'paused' && said.saidStatus !== 'paused'
  if (isNewlyPaused && scan.pause) lines.push(pausedLine(scan.pause))
  const throttle = newThrottle(said, scan)
  const waiting = newWait(said, scan)
  lines.push(...throttle.lines, ...waiting.lines, ...newWarnings(said, state))
  if (link.state !== said.saidLink) lines.push(linkLine(state))
  const percent = stepOf(scan)
  const isDue = percent > said.saidPercent || nowMs - said.saidAtMs >= STEP_MS
  if (isDue && !state.ended) lines.push(progressLine(state, nowMs))
  return {
    lines,
    said: {
      saidPercent: isDue ? percent : said.saidPercent,
      saidAtMs: isDue ? nowMs : said.saidAtMs,
      saidFailures: new Set(failures),
      saidStatus: scan.status,
      saidWarnings: scan.warnings,
      saidThrottle: throttle.said,
      saidWaitingFor: waiting.said,
      saidLink: link.state,
    },
  }
}

/** Those of a scan that has ended are in its end block. */
function newWarnings({ saidWarnings }: PlainMemory, { scan, ended }: WatchState): Line[] {
  if (ended) return []
  return scan.warnings
    .filter((warning) => !saidWarnings.includes(warning))
    .map((warning) => [{ text: `! ${warning}`, tone: 'warn' }])
}

/** Before the plan is known, and from then on each tenth of it. */
function stepOf({ progress: { total, percent } }: Scan): number {
  return total === null ? BEFORE_PLAN : Math.floor(percent / STEP_PERCENT) * STEP_PERCENT
}

function progressLine({ scan, offsetMs }: WatchState, nowMs: number): Line {
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
      `${clockTime(elapsedMs)} elapsed`,
      ...(eta.seconds === null ? [] : [`~${clockTime(eta.seconds * 1000)} left`]),
    ].join('  '),
  ]
}

function pausedLine(pause: NonNullable<Scan['pause']>): Line {
  const why = pause.problem?.title ?? pause.reason
  const hint = pause.problem?.hint ? ` ${pause.problem.hint}` : ''
  return [{ text: `‖ paused by ${pause.by}: ${why}.${hint}`, tone: 'warn' }]
}

/** Said once for each reason, also when the wait is over in between. */
function newThrottle(
  { saidThrottle }: PlainMemory,
  { throttle }: Scan,
): { said: string; lines: Line[] } {
  if (!throttle) return { said: saidThrottle, lines: [] }
  const said = throttleText(throttle)
  const hint = throttle.fault?.hint === undefined ? '' : ` ${throttle.fault.hint}`
  const line: Line = [{ text: toPlainText(`⏳ waiting: ${said}.${hint}`), tone: 'warn' }]
  return { said, lines: said === saidThrottle ? [] : [line] }
}

/** Said once for each scan, however the number of types changes. */
function newWait(
  { saidWaitingFor }: PlainMemory,
  { waitingFor }: Scan,
): { said: string; lines: Line[] } {
  if (!waitingFor || waitingFor.scanId === saidWaitingFor)
    return { said: saidWaitingFor, lines: [] }
  const line: Line = [{ text: `⏳ waiting for ${waitingText(waitingFor)}`, tone: 'warn' }]
  return { said: waitingFor.scanId, lines: [line] }
}

function linkLine({ link }: WatchState): Line {
  if (link.state === 'live') return ['↻ connected again']
  return [{ text: `↻ no connection (${link.why}); trying again`, tone: 'warn' }]
}
