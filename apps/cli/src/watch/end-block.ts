import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { tableLines, type Column } from '../output/table.ts'
import { counted, spokenTime } from '../output/units.ts'
import { costOf, estimateNote, tokensOf } from './live-lines.ts'
import type { Line } from './line.ts'

export interface EndOptions {
  program: string
  /** Some of the failed types. */
  failed: ScanItem[]
  /** The scan is narrowed to some of its types, which have ended. */
  isPart?: boolean
  /** Width of the terminal; undefined where lines may be of any length. */
  columns?: number | undefined
}

/** What is said of a finished scan: totals, time, why types failed, and the command to type next. */
export function endBlock(scan: Scan, options: EndOptions): Line[] {
  const { program, isPart = false } = options
  return [
    headline(scan, isPart),
    // What calls, tokens and time were those of some types is not known.
    ...(isPart ? [] : [...usageLines(scan), ...speedLines(scan)]),
    ...noteLines(scan),
    ...failureLines(scan, options),
    ...nextCommands(scan, program, isPart).map(([label, command]): Line => [
      { text: `${label}: `, tone: 'bold' },
      command,
    ]),
  ]
}

function headline(scan: Scan, isPart: boolean): Line {
  const { status, progress, runAttempt } = scan
  const symbols = { succeeded: '✔', partial: '!', failed: '✖', canceled: '■' } as const
  const tone = status === 'succeeded' ? 'good' : status === 'partial' ? 'warn' : 'bad'
  const symbol = status in symbols ? symbols[status as keyof typeof symbols] : '?'
  const types = counted(progress.total ?? 0, isPart ? 'requested type' : 'type')
  const run = runAttempt > 1 ? ` (run ${runAttempt})` : ''
  return [
    { text: `${symbol} ${scan.id} ${status}`, tone },
    `${run}: ${types}, ${countsText(scan, isPart)}`,
  ]
}

function countsText({ progress, failures, excluded }: Scan, isPart: boolean): string {
  const counts: [number, string][] = [
    [progress.skipped - failures.discarded, 'unchanged'],
    [failures.discarded, 'discarded'],
    [progress.failed, 'failed'],
    [progress.canceled, 'canceled'],
    [isPart ? 0 : excluded.count, 'left out'],
  ]
  const some = counts.filter(([count]) => count > 0)
  return [`${progress.succeeded} analysed`, ...some.map((one) => one.join(' '))].join(', ')
}

function usageLines({ usage, demo }: Scan): Line[] {
  if (demo) return [[{ text: '  Answers by demo rules: no model was asked.', tone: 'warn' }]]
  if (usage.calls === 0 && usage.cacheHits === 0) return []
  const cached = usage.cacheHits > 0 ? `, ${usage.cacheHits} answers from the cache` : ''
  return [
    [
      `  ${counted(usage.calls, 'model call')}, ${tokensOf(usage)} tokens, ${costOf(usage)}${cached}`,
    ],
    ...(estimateNote(usage) ? [[`  ${estimateNote(usage)}`]] : []),
  ]
}

/** How long it took beside the sum of its parts, in one sentence. */
function speedLines(scan: Scan): Line[] {
  const wallMs = wallTimeMs(scan)
  if (wallMs === undefined) return []
  const took = `  Took ${spokenTime(wallMs)}`
  if (scan.workMs <= wallMs || scan.runAttempt > 1) return [[`${took}.`]]
  const times = scan.workMs / wallMs
  return [
    [
      `${took}; one after another: ${spokenTime(scan.workMs)}. `,
      { text: `${times.toFixed(times < 10 ? 1 : 0)} times as fast.`, tone: 'good' },
    ],
  ]
}

export function wallTimeMs({ startedAt, createdAt, finishedAt }: Scan): number | undefined {
  return finishedAt === null
    ? undefined
    : Date.parse(finishedAt) - Date.parse(startedAt ?? createdAt)
}

function noteLines({ warnings, unavailable, problem }: Scan): Line[] {
  const warn = (text: string): Line => [{ text: `  ! ${text}`, tone: 'warn' }]
  return [
    ...(problem ? [warn(`${problem.title}${problem.hint ? ` — ${problem.hint}` : ''}`)] : []),
    ...warnings.map(warn),
    ...unavailable.map(({ group, reason }) => warn(`group ${group} did not answer: ${reason}`)),
  ]
}

const INDENT = '    '
const FAILURE_COLUMNS: Column<ScanItem>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'REASON', value: ({ problem }) => problem?.reason ?? '' },
  { title: 'TRIES', value: ({ attempt }) => String(attempt), align: 'right' },
  { title: 'CAUSE', value: ({ problem }) => problem?.title ?? '' },
]

function failureLines(scan: Scan, { failed, program, columns }: EndOptions): Line[] {
  if (scan.progress.failed === 0) return []
  const reasons = Object.entries(scan.failures.byReason)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} × ${reason}`)
  const width = columns === undefined ? undefined : columns - INDENT.length
  const table = tableLines(failed, FAILURE_COLUMNS, width)
  const more = scan.progress.failed - failed.length
  const hints = new Set(failed.flatMap(({ problem }) => (problem?.hint ? [problem.hint] : [])))
  return [
    [{ text: `  Failures: ${reasons.join(', ')}`, tone: 'bad' }],
    ...table.map((line): Line => [INDENT + line]),
    ...(more > 0 ? [[`${INDENT}and ${more} more: ${program} describe scan ${scan.id}`]] : []),
    ...[...hints].slice(0, 3).map((hint): Line => [INDENT + hint]),
  ]
}

/** Commands to type next, each after a word for it. */
function nextCommands(
  { id, status, progress }: Scan,
  program: string,
  isPart: boolean,
): [label: string, command: string][] {
  const retry = `${program} retry ${id} --failed`
  if (isPart && progress.failed > 0)
    return [
      ['Next', `${program} watch ${id}`],
      ['Once it has ended', retry],
    ]
  if (progress.failed > 0) return [['Next', retry]]
  if (status === 'canceled' || status === 'failed') return [['Next', `${program} scan`]]
  return [
    ['Next', `${program} search "postgres with backups"`],
    ['Or', `${program} get capabilities`],
  ]
}
