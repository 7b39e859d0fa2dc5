import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { formatTable, type Column } from '../output/format-table.ts'
import { pluralize, formatDuration } from '@capstan/shared/text/units'
import { formatCost, describeEstimate, formatTokens } from './format-live-region.ts'
import type { StyledLine } from './styled-line.ts'

export interface EndBlockOptions {
  program: string
  /** Some of the failed types. */
  failed: ScanItem[]
  /** The scan is narrowed to some of its types, which have ended. */
  isPart?: boolean
  /** Width of the terminal; undefined for unlimited lines. */
  columns?: number | undefined
}

/** Formats the end of a scan: totals, duration, failures, and the next command. */
export function formatEndBlock(scan: Scan, options: EndBlockOptions): StyledLine[] {
  const { program, isPart = false } = options
  return [
    formatHeadline(scan, isPart),
    // Calls, tokens and duration of only some types are unknown.
    ...(isPart ? [] : [...formatUsage(scan), ...formatSpeed(scan)]),
    ...noteLines(scan),
    ...formatFailures(scan, options),
    ...listNextCommands(scan, program, isPart).map(([label, command]): StyledLine => [
      { text: `${label}: `, tone: 'bold' },
      command,
    ]),
  ]
}

const SYMBOLS: Partial<Record<Scan['status'], string>> = {
  succeeded: '✔',
  partial: '!',
  failed: '✖',
  canceled: '■',
}

function formatHeadline(scan: Scan, isPart: boolean): StyledLine {
  const { status, progress, runAttempt } = scan
  const tone = status === 'succeeded' ? 'good' : status === 'partial' ? 'warn' : 'bad'
  const types = pluralize(progress.total ?? 0, isPart ? 'requested type' : 'type')
  const run = runAttempt > 1 ? ` (run ${runAttempt})` : ''
  return [
    { text: `${SYMBOLS[status] ?? '?'} ${scan.id} ${status}`, tone },
    `${run}: ${types}, ${formatCounts(scan, isPart)}`,
  ]
}

function formatCounts(scan: Scan, isPart: boolean): string {
  const { progress, failures, excluded } = scan
  const counts: [number, string][] = [
    [scan.usage.curatedAnswers, 'curated'],
    [progress.skipped - failures.discarded, 'unchanged'],
    [failures.discarded, 'discarded'],
    [progress.failed, 'failed'],
    [progress.canceled, 'canceled'],
    [isPart ? 0 : excluded.count, 'left out'],
  ]
  const some = counts.filter(([count]) => count > 0)
  const source = scan.demo ? 'rule-based' : 'analysed'
  return [`${countOwnAnswers(scan)} ${source}`, ...some.map((one) => one.join(' '))].join(', ')
}

/** Answers of the model or, without one, of the rules. */
function countOwnAnswers({ progress, usage }: Scan): number {
  return progress.succeeded - usage.curatedAnswers
}

function formatUsage(scan: Scan): StyledLine[] {
  const { usage } = scan
  if (scan.demo) {
    const guesses = countOwnAnswers(scan) > 0 ? ' Rule-based answers are guesses.' : ''
    return [[{ text: `  No model was called.${guesses}`, tone: 'warn' }]]
  }
  if (usage.calls === 0 && usage.cacheHits === 0) return []
  const cached = usage.cacheHits > 0 ? `, ${usage.cacheHits} answers from the cache` : ''
  return [
    [
      `  ${pluralize(usage.calls, 'model call')}, ${formatTokens(usage)} tokens, ${formatCost(usage)}${cached}`,
    ],
    ...(describeEstimate(usage) ? [[`  ${describeEstimate(usage)}`]] : []),
  ]
}

/** Compares the duration with the sum of its calls, in one sentence. A scan without a model has no calls. */
function formatSpeed(scan: Scan): StyledLine[] {
  const wallMs = computeWallTimeMs(scan)
  if (wallMs === undefined) return []
  const took = `  Took ${formatDuration(wallMs)}`
  if (scan.demo || scan.workMs <= wallMs || scan.runAttempt > 1) return [[`${took}.`]]
  const times = scan.workMs / wallMs
  return [
    [
      `${took}; one after another: ${formatDuration(scan.workMs)}. `,
      { text: `${times.toFixed(times < 10 ? 1 : 0)} times as fast.`, tone: 'good' },
    ],
  ]
}

export function computeWallTimeMs({ startedAt, createdAt, finishedAt }: Scan): number | undefined {
  return finishedAt === null
    ? undefined
    : Date.parse(finishedAt) - Date.parse(startedAt ?? createdAt)
}

function noteLines({ warnings, unavailable, problem }: Scan): StyledLine[] {
  const warn = (text: string): StyledLine => [{ text: `  ! ${text}`, tone: 'warn' }]
  return [
    ...(problem ? [warn(`${problem.title}${problem.hint ? ` — ${problem.hint}` : ''}`)] : []),
    ...warnings.map(warn),
    ...unavailable.map(({ group, reason }) => warn(`group ${group} did not respond: ${reason}`)),
  ]
}

const INDENT = '    '
const FAILURE_COLUMNS: Column<ScanItem>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'REASON', value: ({ problem }) => problem?.reason ?? '' },
  { title: 'TRIES', value: ({ attempt }) => String(attempt), align: 'right' },
  { title: 'CAUSE', value: ({ problem }) => problem?.title ?? '' },
]

function formatFailures(scan: Scan, { failed, program, columns }: EndBlockOptions): StyledLine[] {
  if (scan.progress.failed === 0) return []
  const reasons = Object.entries(scan.failures.byReason)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} × ${reason}`)
  const width = columns === undefined ? undefined : columns - INDENT.length
  const table = formatTable(failed, FAILURE_COLUMNS, width)
  const more = scan.progress.failed - failed.length
  const hints = new Set(failed.flatMap(({ problem }) => (problem?.hint ? [problem.hint] : [])))
  return [
    [{ text: `  Failures: ${reasons.join(', ')}`, tone: 'bad' }],
    ...table.map((line): StyledLine => [INDENT + line]),
    ...(more > 0 ? [[`${INDENT}and ${more} more: ${program} describe scan ${scan.id}`]] : []),
    ...[...hints].slice(0, 3).map((hint): StyledLine => [INDENT + hint]),
  ]
}

/** Next commands, each after a label. */
function listNextCommands(
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
