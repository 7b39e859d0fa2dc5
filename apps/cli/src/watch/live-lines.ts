import type { Scan } from '@capstan/shared/contract/scan'
import { clockTime, shortCount } from '../output/units.ts'
import { textWidth } from '../output/text-width.ts'
import type { Line } from './line.ts'
import type { Failure, WatchState } from './watch-state.ts'

const BAR_CELLS = 28

/** The region that is redrawn: what runs, how far, how long, and what is in the way. */
export function liveLines(state: WatchState, nowMs: number, columns: number): Line[] {
  const { scan } = state
  const serverMs = nowMs + state.offsetMs
  return [
    [{ text: scan.id, tone: 'bold' }, `  ${sourceOf(scan)} · ${scan.mode}`],
    progressLine(scan, serverMs),
    [{ text: `  ${workLine(scan)}`, tone: 'dim' }],
    ...troubleLines(state, nowMs),
    ...(state.running.size > 0 ? [runningLine(state, serverMs, columns)] : []),
  ]
}

/** A failure, once, above the region. */
export function failureLine({ resource, attempts, problem }: Failure): Line {
  const tries = attempts > 1 ? ` after ${attempts} tries` : ''
  return [
    { text: '✖ ', tone: 'bad' },
    { text: resource, tone: 'bold' },
    `  ${problem.reason}${tries}`,
    { text: ` — ${problem.title}`, tone: 'dim' },
  ]
}

/** `prod · anthropic/claude-…`; rules are never passed off as a model. */
export function sourceOf({ cluster, demo, provider, model }: Scan): string {
  return `${cluster} · ${demo ? 'demo rules, no model' : `${provider}/${model}`}`
}

function progressLine({ progress, status, eta, ...scan }: Scan, serverMs: number): Line {
  const elapsedMs = serverMs - Date.parse(scan.startedAt ?? scan.createdAt)
  if (progress.total === null) {
    return [{ text: `${status}…`, tone: 'bold' }, `   ${clockTime(elapsedMs)} elapsed`]
  }
  const full = Math.floor((progress.percent / 100) * BAR_CELLS)
  return [
    { text: '█'.repeat(full), tone: 'good' },
    { text: '·'.repeat(BAR_CELLS - full), tone: 'dim' },
    `  ${String(Math.floor(progress.percent)).padStart(3)} %  ${progress.finished}/${progress.total}   `,
    { text: `✔ ${progress.succeeded}`, tone: 'good' },
    '  ',
    { text: `✖ ${progress.failed}`, tone: progress.failed > 0 ? 'bad' : 'dim' },
    ...(progress.skipped > 0 ? [`  ↷ ${progress.skipped} unchanged`] : []),
    `   ${clockTime(elapsedMs)} elapsed`,
    ...(eta.seconds === null ? [] : [` · ~${clockTime(eta.seconds * 1000)} left`]),
  ]
}

function workLine({ progress, eta, usage, demo, status }: Scan): string {
  const { ratePerMinute } = eta
  const tokens = usage.inputTokens + usage.cachedTokens + usage.outputTokens
  return [
    status === 'running' ? `${progress.running} running` : status,
    ...(progress.queued > 0 ? [`${progress.queued} waiting`] : []),
    ...(progress.retrying > 0 ? [`${progress.retrying} to be tried again`] : []),
    ...(ratePerMinute > 0 ? [rate(ratePerMinute)] : []),
    ...(tokens > 0 ? [`${shortCount(tokens)} tok`] : []),
    ...(usage.cacheHits > 0 ? [`${usage.cacheHits} from the cache`] : []),
    ...(demo || usage.calls === 0 ? [] : [costOf(usage)]),
  ].join(' · ')
}

export function costOf({ costUsd, pricing }: Scan['usage']): string {
  // An unknown price is never shown as nothing.
  return pricing === 'known' && costUsd !== null ? `$${costUsd.toFixed(2)}` : 'price unknown'
}

function rate(perMinute: number): string {
  return perMinute >= 60 ? `${(perMinute / 60).toFixed(1)}/s` : `${Math.round(perMinute)}/min`
}

function troubleLines({ scan, link }: WatchState, nowMs: number): Line[] {
  const lines: Line[] = []
  if (scan.status === 'paused' && scan.pause) {
    const { by, reason, problem } = scan.pause
    lines.push([{ text: `  ‖ paused by ${by}: ${problem?.title ?? reason}`, tone: 'warn' }])
    if (problem?.hint) lines.push([{ text: `    ${problem.hint}`, tone: 'warn' }])
  }
  if (link.state === 'away') {
    const seconds = Math.max(0, Math.ceil((link.untilMs - nowMs) / 1000))
    lines.push([
      { text: `  ↻ no connection (${link.why}); next try in ${seconds} s`, tone: 'warn' },
    ])
  }
  return lines
}

/** The types that have run longest come first, as many as fit. */
function runningLine({ running }: WatchState, serverMs: number, columns: number): Line {
  const oldest = [...running].toSorted(([, a], [, b]) => a.sinceMs - b.sinceMs)
  let text = ' '
  let shown = 0
  for (const [resource, { sinceMs, attempt }] of oldest) {
    const seconds = Math.max(0, (serverMs - sinceMs) / 1000).toFixed(1)
    const next = ` ▸ ${resource} ${seconds}s${attempt > 1 ? ` (try ${attempt})` : ''} `
    if (textWidth(text) + textWidth(next) > columns - 12) break
    text += next
    shown += 1
  }
  const more = oldest.length - shown
  return [text, ...(more > 0 ? [{ text: ` ▸ +${more} more`, tone: 'dim' as const }] : [])]
}
