import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { terminalColumns } from '../output/people-text.ts'
import { factLines, type Fact } from '../output/facts.ts'
import { tableLines, type Column } from '../output/table.ts'
import { clockTime, spokenTime } from '../output/units.ts'
import type { Session } from '../session.ts'
import { wallTimeMs } from '../watch/end-block.ts'
import { hintFor } from '../watch/held-up-lines.ts'
import { costOf, estimateNote, sourceOf, tokensOf } from '../watch/live-lines.ts'
import { throttleText } from '../watch/throttle-text.ts'
import { waitingText } from '../watch/waiting-text.ts'

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

/** A scan for people, with all its failures. */
export function scanText(
  scan: Scan,
  failed: ScanItem[],
  {
    io,
    out,
    program,
  }: Pick<Session, 'out' | 'program'> & { io: Parameters<typeof terminalColumns>[0] },
): string {
  const lines = factLines([...whatFacts(scan), ...resultFacts(scan)], out)
  if (failed.length > 0) {
    const [header = '', ...rows] = tableLines(failed, FAILED_COLUMNS, terminalColumns(io, 'out'))
    lines.push('', out.bold(header), ...rows)
    if (scan.done) {
      lines.push('', `Try them again: ${program} retry ${scan.id} --failed`)
      lines.push(`Give them up:   ${program} discard ${scan.id}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function whatFacts(scan: Scan): Fact[] {
  const { labels } = scan
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return [
    ['Scan', scan.id],
    ['Status', scan.status],
    ...waitFacts(scan),
    ['Waiting for', scan.waitingFor && waitingText(scan.waitingFor)],
    [
      'Problem',
      scan.problem && [scan.problem.title, scan.problem.hint].filter(Boolean).join(' — '),
    ],
    ['Source', sourceOf(scan)],
    ['Mode', scan.mode],
    ['Concurrency', scan.concurrency !== null && String(scan.concurrency)],
    ['Include', scan.include.join(', ')],
    ['Exclude', scan.exclude.join(', ')],
    ['Labels', named.join(', ')],
    ['Started', `${scan.createdAt} by ${scan.createdBy}`],
    ['Run', scan.runAttempt > 1 && String(scan.runAttempt)],
  ]
}

/** Why it does not go on. */
function waitFacts({ pause, throttle }: Scan): Fact[] {
  const fault = pause?.fault ?? throttle?.fault
  return [
    ['Paused', pause && `by ${pause.by}: ${pause.problem?.title ?? pause.reason}`],
    ['Waiting', throttle && throttleText(throttle)],
    ['Until', throttle?.until],
    ['Fix', hintFor({ pause, throttle })],
    ['Last failure', fault && `${fault.at}, account ${fault.account}: ${fault.title}`],
  ]
}

function resultFacts(scan: Scan): Fact[] {
  const { progress, excluded, eta, failures } = scan
  const leftOut = Object.entries(excluded.byReason).map(([reason, count]) => `${count} × ${reason}`)
  const some = (count: number): string | false => count > 0 && String(count)
  return [
    ['Progress', `${progress.percent} %, ${progress.finished} of ${progress.total ?? '?'} types`],
    ['Succeeded', String(progress.succeeded)],
    ['Unchanged', some(progress.skipped - failures.discarded)],
    ['Failed', some(progress.failed)],
    ['Discarded', some(failures.discarded)],
    ['Canceled', some(progress.canceled)],
    ['Left out', excluded.count > 0 && `${excluded.count} (${leftOut.join(', ')})`],
    ['Time left', eta.seconds !== null && `about ${clockTime(eta.seconds * 1000)}`],
    ...spentFacts(scan),
    ['Warnings', scan.warnings.join('; ')],
    ['Silent', scan.unavailable.map(({ group, reason }) => `${group}: ${reason}`).join('; ')],
  ]
}

function spentFacts(scan: Scan): Fact[] {
  const { usage, workMs, demo } = scan
  const wallMs = wallTimeMs(scan)
  return [
    ['Took', wallMs !== undefined && spokenTime(wallMs)],
    ['One by one', workMs > 0 && spokenTime(workMs)],
    ['Model calls', `${usage.calls}, ${usage.cacheHits} answers from the cache`],
    ['Tokens', totalTokens(usage) > 0 && tokensOf(usage)],
    ['Estimated', estimateNote(usage)],
    ['Cost', !demo && usage.calls > 0 && costOf(usage)],
  ]
}
