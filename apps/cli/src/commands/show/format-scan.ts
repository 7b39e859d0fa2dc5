import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { readTerminalColumns } from '../../output/format-for-terminal.ts'
import { formatLabeledValues, type LabeledValue } from '../../output/format-labeled-values.ts'
import { formatTable, type Column } from '../../output/format-table.ts'
import { formatTimeLeft, formatDuration, pluralize } from '@capstan/shared/text/units'
import type { CliSession } from '../../cli-session.ts'
import { computeWallTimeMs } from '../../watch/format-end-block.ts'
import { findHint } from '../../watch/format-held-up-scan.ts'
import {
  formatCost,
  describeEstimate,
  describeSource,
  formatTokens,
} from '../../watch/format-live-region.ts'
import { formatThrottle } from '../../watch/format-throttle.ts'
import { formatWaiting } from '../../watch/format-waiting.ts'

const FAILED_COLUMNS: Column<ScanItem>[] = [
  { title: 'FAILED', value: ({ resource }) => resource },
  { title: 'REASON', value: ({ problem }) => problem?.reason ?? '' },
  { title: 'TRIES', value: ({ attempt }) => String(attempt), align: 'right' },
  {
    title: 'CAUSE',
    value: ({ problem }) => [problem?.title, problem?.detail].filter(Boolean).join(': '),
  },
  { title: 'FIX', value: ({ problem }) => problem?.hint ?? '' },
]

/** Formats a scan with all its failures. */
export function formatScan(
  scan: Scan,
  failed: ScanItem[],
  {
    io,
    out,
    program,
  }: Pick<CliSession, 'out' | 'program'> & { io: Parameters<typeof readTerminalColumns>[0] },
): string {
  const lines = formatLabeledValues([...listScanFields(scan), ...listResultFields(scan)], out)
  if (failed.length > 0) {
    const [header = '', ...rows] = formatTable(
      failed,
      FAILED_COLUMNS,
      readTerminalColumns(io, 'out'),
    )
    lines.push('', out.bold(header), ...rows)
    if (scan.done) {
      lines.push('', `Retry:   ${program} retry ${scan.id} --failed`)
      lines.push(`Discard: ${program} discard ${scan.id}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function listScanFields(scan: Scan): LabeledValue[] {
  const { labels } = scan
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return [
    ['Scan', scan.id],
    ['Status', scan.status],
    ...waitFacts(scan),
    ['Not faster', !scan.done && scan.notFaster?.text],
    ['Waiting for', scan.waitingFor && formatWaiting(scan.waitingFor)],
    [
      'Problem',
      scan.problem && [scan.problem.title, scan.problem.hint].filter(Boolean).join(' — '),
    ],
    ['Source', describeSource(scan)],
    ['Mode', scan.mode],
    ['Concurrency', scan.concurrency !== null && String(scan.concurrency)],
    ['Include', scan.include.join(', ')],
    ['Exclude', scan.exclude.join(', ')],
    ['Labels', named.join(', ')],
    ['Started', `${scan.createdAt} by ${scan.createdBy}`],
    ['Run', scan.runAttempt > 1 && String(scan.runAttempt)],
  ]
}

/** Why the scan is not progressing. */
function waitFacts({ pause, throttle }: Scan): LabeledValue[] {
  const fault = pause?.fault ?? throttle?.fault
  return [
    ['Paused', pause && `by ${pause.by}: ${pause.problem?.title ?? pause.reason}`],
    ['Waiting', throttle && formatThrottle(throttle)],
    ['Until', throttle?.until],
    ['Fix', findHint({ pause, throttle })],
    ['Last failure', fault && `${fault.at}, account ${fault.account}: ${fault.title}`],
  ]
}

function listResultFields(scan: Scan): LabeledValue[] {
  const { progress, excluded, eta, failures, usage } = scan
  const leftOut = Object.entries(excluded.byReason).map(([reason, count]) => `${count} × ${reason}`)
  const formatPositive = (count: number): string | false => count > 0 && String(count)
  return [
    ['Progress', `${progress.percent} %, ${progress.finished} of ${progress.total ?? '?'} types`],
    ['Succeeded', String(progress.succeeded)],
    ['Unchanged', formatPositive(progress.skipped - failures.discarded)],
    ['Failed', formatPositive(progress.failed)],
    ['Discarded', formatPositive(failures.discarded)],
    ['Canceled', formatPositive(progress.canceled)],
    ['Left out', excluded.count > 0 && `${excluded.count} (${leftOut.join(', ')})`],
    ['Time left', eta.seconds !== null && `about ${formatTimeLeft(eta.seconds)}`],
    ...listUsageFields(scan),
    ['Would change it', eta.whatIf.map(({ text }) => text).join('; ')],
    ['Saved', describeSavings(usage.saved)],
    ['Warnings', scan.warnings.join('; ')],
    ['Unavailable', scan.unavailable.map(({ group, reason }) => `${group}: ${reason}`).join('; ')],
  ]
}

function describeSavings({ types, costUsd, ms }: Scan['usage']['saved']): string | false {
  if (types === 0) return false
  const cost = costUsd === null ? [] : [`$${costUsd.toFixed(2)}`]
  return [
    pluralize(types, 'type'),
    ...cost,
    ...(ms === null ? [] : [`${formatDuration(ms)} of calls`]),
  ].join(', ')
}

function listUsageFields(scan: Scan): LabeledValue[] {
  const { usage, workMs, demo } = scan
  const wallMs = computeWallTimeMs(scan)
  return [
    ['Took', wallMs !== undefined && formatDuration(wallMs)],
    ['Sum of calls', !demo && workMs > 0 && formatDuration(workMs)],
    ['Curated', usage.curatedAnswers > 0 && pluralize(usage.curatedAnswers, 'curated answer')],
    ['Model calls', demo ? 'none' : `${usage.calls}, ${usage.cacheHits} answers from the cache`],
    ['Tokens', totalTokens(usage) > 0 && formatTokens(usage)],
    ['Estimated', describeEstimate(usage)],
    ['Cost', !demo && usage.calls > 0 && formatCost(usage)],
  ]
}
