import { totalTokens } from '@capstan/shared/inference/add-usage'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import stringWidth from 'string-width'
import {
  formatClockTime,
  formatTimeLeft,
  formatCount,
  formatDuration,
} from '@capstan/shared/text/units'
import { fitText } from '../output/fit-text.ts'
import type { StyledLine } from './styled-line.ts'
import { formatThrottle } from './format-throttle.ts'
import { formatWaiting } from './format-waiting.ts'
import type { TypeFailure, ScanViewState } from './scan-view-state.ts'

/** Formats the redrawn region: running types, progress, time left, and problems. */
export function formatLiveRegion(
  state: ScanViewState,
  nowMs: number,
  columns: number,
): StyledLine[] {
  const { scan } = state
  const serverMs = nowMs + state.offsetMs
  return [
    ...formatHead(scan, columns),
    ...formatProgress(scan, serverMs, columns),
    [{ text: `  ${formatWork(scan)}`, tone: 'dim' }],
    ...formatProblems(state, nowMs),
    ...(state.running.size > 0 ? [formatRunningItem(state, serverMs, columns)] : []),
  ]
}

/** The id is never cut, so that it can be copied. Its description moves to a second line when it does not fit. */
function formatHead(scan: Scan, columns: number): StyledLine[] {
  const id: StyledLine = [{ text: scan.id, tone: 'bold' }]
  const source = `  ${describeSource(scan)}`
  const whole = `${source} · ${scan.mode}`
  const room = columns - stringWidth(scan.id)
  if (stringWidth(whole) <= room) return [[...id, whole]]
  return stringWidth(source) <= room ? [[...id, source]] : [id, [source]]
}

/** A failure, printed once above the region. */
export function formatFailure({ resource, attempts, problem }: TypeFailure): StyledLine {
  const tries = attempts > 1 ? ` after ${attempts} tries` : ''
  return [
    { text: '✖ ', tone: 'bad' },
    { text: resource, tone: 'bold' },
    `  ${problem.reason}${tries}`,
    { text: ` — ${problem.title}`, tone: 'dim' },
  ]
}

/** `prod · anthropic/claude-…`. A scan without a model is labelled as such. */
export function describeSource({ cluster, curated, demo, provider, model }: Scan): string {
  const first = curated ? 'curated answers, then ' : ''
  return `${cluster} · ${first}${demo ? 'rule-based answers (no model)' : `${provider}/${model}`}`
}

const BAR_CELLS = 28
const LEAST_BAR_CELLS = 10

/** One line, or two when the bar would be too short. */
function formatProgress(scan: Scan, serverMs: number, columns: number): StyledLine[] {
  const { progress, status } = scan
  const unchanged = progress.skipped - scan.failures.discarded
  const elapsed = computeElapsedMs(scan, serverMs)
  if (progress.total === null) return [[{ text: `${status}…`, tone: 'bold' }, `   ${elapsed}`]]
  const far = `  ${String(Math.floor(progress.percent)).padStart(3)} %  ${progress.finished}/${progress.total}`
  const counts: StyledLine = [
    { text: `✔ ${progress.succeeded}`, tone: 'good' },
    '  ',
    { text: `✖ ${progress.failed}`, tone: progress.failed > 0 ? 'bad' : 'dim' },
    ...(unchanged > 0 ? [`  ↷ ${unchanged} unchanged`] : []),
    `   ${elapsed}`,
  ]
  const beside = columns - measureWidth([far, '   ', ...counts])
  return beside >= LEAST_BAR_CELLS
    ? [[...drawBar(progress.percent, beside), far, '   ', ...counts]]
    : [
        [...drawBar(progress.percent, columns - stringWidth(far)), far],
        ['  ', ...counts],
      ]
}

function drawBar(percent: number, room: number): StyledLine {
  const cells = Math.max(0, Math.min(BAR_CELLS, room))
  const full = Math.floor((percent / 100) * cells)
  return [
    { text: '█'.repeat(full), tone: 'good' },
    { text: '·'.repeat(cells - full), tone: 'dim' },
  ]
}

function computeElapsedMs({ eta, ...scan }: Scan, serverMs: number): string {
  const elapsedMs = serverMs - Date.parse(scan.startedAt ?? scan.createdAt)
  const left = eta.seconds === null ? '' : ` · ~${formatTimeLeft(eta.seconds)} left`
  return `${formatClockTime(elapsedMs)} elapsed${left}`
}

function measureWidth(line: StyledLine): number {
  return line.reduce(
    (sum, segment) => sum + stringWidth(typeof segment === 'string' ? segment : segment.text),
    0,
  )
}

function formatAnswersWithoutCall({ curatedAnswers, cacheHits }: Scan['usage']): string[] {
  return [
    ...(curatedAnswers > 0 ? [`${curatedAnswers} curated`] : []),
    ...(cacheHits > 0 ? [`${cacheHits} from the cache`] : []),
  ]
}

function formatWork({ progress, eta, usage, demo, status }: Scan): string {
  const { ratePerMinute } = eta
  const tokens = totalTokens(usage)
  return [
    status === 'running' ? `${progress.running} running` : status,
    ...(progress.queued > 0 ? [`${progress.queued} waiting`] : []),
    ...(progress.retrying > 0 ? [`${progress.retrying} to be tried again`] : []),
    ...(ratePerMinute > 0 ? [rate(ratePerMinute)] : []),
    ...(tokens > 0 ? [`${usage.estimatedTokens > 0 ? '~' : ''}${formatCount(tokens)} tok`] : []),
    ...formatAnswersWithoutCall(usage),
    ...(demo || usage.calls === 0 ? [] : [formatCost(usage)]),
  ].join(' · ')
}

export function formatCost({ costUsd, pricing }: Scan['usage']): string {
  // An unknown price is not shown as zero.
  if (pricing === 'unknown' || costUsd === null) return 'price unknown'
  return `${pricing === 'estimated' ? 'about ' : ''}$${costUsd.toFixed(2)}`
}

/** All tokens of a scan. */
export function formatTokens(usage: Scan['usage']): string {
  return `${usage.estimatedTokens > 0 ? 'about ' : ''}${formatCount(totalTokens(usage))}`
}

/** Explains why tokens and cost are estimates; undefined when they are not. */
export function describeEstimate(usage: Scan['usage']): string | undefined {
  const { estimatedTokens } = usage
  if (estimatedTokens === 0) return undefined
  return estimatedTokens < totalTokens(usage)
    ? `the provider did not report ${formatCount(estimatedTokens)} of these tokens; they are estimated`
    : 'the provider reported no usage: tokens and cost are estimated'
}

function rate(perMinute: number): string {
  return perMinute >= 60 ? `${(perMinute / 60).toFixed(1)}/s` : `${Math.round(perMinute)}/min`
}

/** The region must fit on a screen. The end block lists all warnings. */
const MOST_WARNINGS = 3
const SPOKEN_MS = 120_000

function formatProblems({ scan, link, offsetMs }: ScanViewState, nowMs: number): StyledLine[] {
  const lines: StyledLine[] = []
  if (scan.status === 'paused' && scan.pause) {
    const { by, reason, problem } = scan.pause
    lines.push([{ text: `  ‖ paused by ${by}: ${problem?.title ?? reason}`, tone: 'warn' }])
    if (problem?.hint) lines.push([{ text: `    ${problem.hint}`, tone: 'warn' }])
  }
  if (scan.throttle) lines.push(...throttleLines(scan.throttle, nowMs + offsetMs))
  if (scan.waitingFor)
    lines.push([{ text: `  ⏳ waiting for ${formatWaiting(scan.waitingFor)}`, tone: 'warn' }])
  lines.push(...formatSpeedBound(scan), ...formatWarnings(scan))
  if (link.state === 'away') {
    const seconds = Math.max(0, Math.ceil((link.untilMs - nowMs) / 1000))
    lines.push([
      { text: `  ↻ no connection (${link.why}); next try in ${seconds} s`, tone: 'warn' },
    ])
  }
  return lines
}

/** The bound of the speed, unless a line above names it, and the time left after a change. */
function formatSpeedBound({ notFaster, eta, throttle, waitingFor, status }: Scan): StyledLine[] {
  const isShown = throttle !== null || waitingFor !== null || status === 'paused'
  const bound = isShown || notFaster === null ? [] : [`  ⏱ ${toPlainText(notFaster.text)}`]
  const changes = eta.whatIf.map(({ text }) => text)
  const band = formatBand(eta)
  const left = changes.length === 0 ? [] : [`    ${[...band, ...changes].join('; ')}`]
  return [...bound, ...left].map((text) => [{ text, tone: 'dim' }])
}

function formatBand({ low, high }: Scan['eta']): string[] {
  if (low === null || high === null) return []
  return [`${formatTimeLeft(low)} to ${formatTimeLeft(high)} left`]
}

function throttleLines(throttle: NonNullable<Scan['throttle']>, serverMs: number): StyledLine[] {
  const { until, fault } = throttle
  const time = until === null ? '' : `; ${waitText(Date.parse(until) - serverMs)}`
  const text = `  ⏳ waiting: ${toPlainText(formatThrottle(throttle))}${time}`
  const hint = fault?.hint === undefined ? [] : [`    ${toPlainText(fault.hint)}`]
  return [text, ...hint].map((line) => [{ text: line, tone: 'warn' }])
}

function waitText(ms: number): string {
  const leftMs = Math.max(0, ms)
  return leftMs < SPOKEN_MS ? `${Math.ceil(leftMs / 1000)} s` : formatDuration(leftMs)
}

function formatWarnings({ warnings }: Scan): StyledLine[] {
  return warnings
    .slice(0, MOST_WARNINGS)
    .map((warning) => [{ text: `  ! ${toPlainText(warning)}`, tone: 'warn' }])
}

/** The longest-running types come first, as many as fit. The first is always shown, cut if necessary. */
function formatRunningItem(
  { running }: ScanViewState,
  serverMs: number,
  columns: number,
): StyledLine {
  const oldest = [...running].toSorted(([, a], [, b]) => a.sinceMs - b.sinceMs)
  const room = columns - (oldest.length > 1 ? formatMore(oldest.length).length : 0)
  let text = ''
  let shown = 0
  for (const [resource, { sinceMs, attempt }] of oldest) {
    const seconds = Math.max(0, (serverMs - sinceMs) / 1000).toFixed(1)
    const time = ` ${seconds}s${attempt > 1 ? ` (try ${attempt})` : ''}`
    const next = `  ▸ ${toPlainText(resource)}${time}`
    const isTooLong = stringWidth(text) + stringWidth(next) > room
    if (isTooLong && shown > 0) break
    text += isTooLong ? `${fitText(next.slice(0, -time.length), room - time.length)}${time}` : next
    shown += 1
  }
  const more = oldest.length - shown
  return [text, ...(more > 0 ? [{ text: formatMore(more), tone: 'dim' as const }] : [])]
}

function formatMore(count: number): string {
  return `  ▸ +${count} more`
}
