import { z } from 'zod'
import { pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { readItems } from '../client/read-items.ts'
import { readTerminalColumns } from '../output/format-for-terminal.ts'
import { printNote, type CliSession } from '../cli-session.ts'
import { formatEndBlock } from './format-end-block.ts'
import { followScan } from './follow-scan.ts'
import { formatHeldUpScan } from './format-held-up-scan.ts'
import { paintLine } from './styled-line.ts'
import { narrowScan } from './narrow-scan.ts'
import { trackScanPart, type ScanPart } from './track-scan-part.ts'
import { createNeedsPersonCheck } from './needs-person.ts'
import { openView } from './open-view.ts'
import { reduceState } from './reduce-state.ts'
import { formatThrottle } from './format-throttle.ts'
import { createScanViewState, type ScanViewState } from './scan-view-state.ts'

export type WatchResult =
  /** With `items`, these types have ended and `scan` is narrowed to them. The whole scan may continue. */
  | { outcome: 'finished'; scan: Scan; items?: ScanItem[] }
  /** The scan continues unwatched. */
  | { outcome: 'interrupted' | 'timeout'; scan: Scan }
  /** The scan is paused or blocked until a person acts. */
  | { outcome: 'needs-person'; scan: Scan }

export interface WatchOptions {
  timeoutMs?: number | undefined
  /** Maximum time that the scan may be paused or blocked (needs-person.ts); default: 10 min. */
  maxWaitMs?: number | undefined
  /** Watches only these types of the scan, until they have ended. */
  resources?: readonly string[] | undefined
}

const MAX_WAIT_MS = 600_000

/** Shows a scan until it ends, needs a person, the user interrupts it (Ctrl-C), or `timeoutMs` have passed. */
export async function watchScan(
  session: CliSession,
  scan: Scan,
  { timeoutMs, maxWaitMs = MAX_WAIT_MS, resources }: WatchOptions = {},
): Promise<WatchResult> {
  const { interrupted } = session.io
  const leaving = new AbortController()
  const leave = (why: 'timeout' | 'needs-person'): void => leaving.abort(why)
  const timer = timeoutMs === undefined ? undefined : setTimeout(leave, timeoutMs, 'timeout')
  try {
    const signal = AbortSignal.any([interrupted, leaving.signal])
    const onStuck = (): void => leave('needs-person')
    const part = resources && trackScanPart(session.api, { scanId: scan.id, resources }, signal)
    const last = await follow(session, scan, signal, { part, maxWaitMs, onStuck })
    const isOver = last.ended || part?.isOver() === true
    const left = interrupted.aborted
      ? 'interrupted'
      : isOver
        ? undefined
        : readLeaveReason(leaving.signal)
    return left === undefined
      ? await readEnd(session, last, resources)
      : await readLeft(session, last.scan, left)
  } finally {
    clearTimeout(timer)
  }
}

interface FollowOptions {
  maxWaitMs: number
  part: ScanPart | undefined
  /** Called when the scan needs a person. */
  onStuck: () => void
}

const LOOK_MS = 500

async function follow(
  session: CliSession,
  scan: Scan,
  signal: AbortSignal,
  { part, maxWaitMs, onStuck }: FollowOptions,
): Promise<ScanViewState> {
  let state: ScanViewState = { ...createScanViewState({ ...scan, done: false }), ended: false }
  const needsPerson = createNeedsPersonCheck(maxWaitMs)
  // Checked on a timer because time passes without events as well.
  const look = setInterval(() => {
    if (!state.ended && needsPerson(state.scan, performance.now())) onStuck()
  }, LOOK_MS)
  const shown = (): ScanViewState => part?.narrow(state) ?? state
  const view = openView(session, shown())
  try {
    for await (const update of followScan(session.api, scan.id, signal)) {
      state = reduceState(state, update, Date.now())
      await part?.apply(update)
      view.show(shown(), update)
      if (part?.isOver() === true) break
    }
    return state
  } finally {
    clearInterval(look)
    view.close()
  }
}

function readLeaveReason({ aborted, reason }: AbortSignal): 'timeout' | 'needs-person' | undefined {
  if (!aborted) return undefined
  return reason === 'timeout' ? 'timeout' : 'needs-person'
}

/** After Ctrl-C, the last read must not delay the exit. */
const LAST_LOOK_MS = 2_000

/** Reads the final state, including the pause details that events do not carry. */
async function readLeft(
  { api }: Pick<CliSession, 'api'>,
  last: Scan,
  outcome: 'interrupted' | 'timeout' | 'needs-person',
): Promise<WatchResult> {
  const signal = AbortSignal.timeout(LAST_LOOK_MS)
  const scan = await api.get(`/scans/${last.id}`, Scan, { signal }).catch(() => last)
  return { outcome, scan }
}

/** Reads how the scan, or its selected types, ended. */
export async function readEnd(
  { api, io: { interrupted: signal } }: Pick<CliSession, 'api' | 'io'>,
  { scan, ended }: Pick<ScanViewState, 'scan' | 'ended'>,
  resources: readonly string[] | undefined,
): Promise<WatchResult> {
  // A stream that ended without the final event (204) has not delivered the final scan.
  const whole = ended ? scan : await api.get(`/scans/${scan.id}`, Scan, { signal })
  if (!resources) return { outcome: 'finished', scan: whole }
  const items = await readItems(api, scan.id, resources, signal)
  return { outcome: 'finished', scan: narrowScan(whole, items), items }
}

const FAILURES_SHOWN = 20
const FailedPage = pageSchema(ScanItem)
type FailedPage = z.infer<typeof FailedPage>

/** Prints how a scan, or its types `items`, ended, and the next command. */
export async function printScanEnd(
  session: CliSession,
  scan: Scan,
  items?: ScanItem[],
): Promise<void> {
  if (session.quiet || session.progress === 'json') return
  const failed = items ? selectFailed(items) : await readFailedItems(session, scan)
  const columns = readTerminalColumns(session.io, 'err')
  const isPart = items !== undefined
  const lines = formatEndBlock(scan, { program: session.program, failed, isPart, columns })
  const painted = lines.map((line) => paintLine(line, Number.POSITIVE_INFINITY, session.err))
  printNote(session, painted.join('\n'))
}

function selectFailed(items: ScanItem[]): ScanItem[] {
  return items.filter(({ status }) => status === 'failed').slice(0, FAILURES_SHOWN)
}

async function readFailedItems({ api, io }: CliSession, scan: Scan): Promise<ScanItem[]> {
  if (scan.progress.failed === 0) return []
  const query = { status: 'failed', limit: FAILURES_SHOWN }
  const signal = io.interrupted
  // The list of failures is optional; the end is printed in any case.
  const page: FailedPage | undefined = await api
    .get(`/scans/${scan.id}/resources`, FailedPage, { query, signal })
    .catch(() => undefined)
  return page?.data ?? []
}

/** Prints why a scan is blocked. */
export function printHeldUpScan(session: CliSession, scan: Scan): void {
  printNote(session, formatHeldUpScan(scan, session.program).join('\n'))
}

/** Prints how to watch or cancel the scan and, if it is paused or waits, why. */
export function printDetachedScan(session: CliSession, scan: Scan, why: string): void {
  const { program } = session
  const { id, status, throttle } = scan
  const lines =
    status === 'paused'
      ? [why, ...formatHeldUpScan(scan, program)]
      : [
          `${why} The scan continues.`,
          ...(throttle ? [`  waiting for:    ${toPlainText(formatThrottle(throttle))}`] : []),
          `  watch it again: ${program} watch ${id}`,
        ]
  printNote(session, [...lines, `  cancel it:      ${program} cancel ${id}`].join('\n'))
}
