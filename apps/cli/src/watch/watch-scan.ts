import { z } from 'zod'
import { pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { readItems } from '../client/read-items.ts'
import { terminalColumns } from '../output/people-text.ts'
import { note, type Session } from '../session.ts'
import { endBlock } from './end-block.ts'
import { followScan } from './follow-scan.ts'
import { heldUpLines } from './held-up-lines.ts'
import { paint } from './line.ts'
import { narrowScan } from './narrow-scan.ts'
import { openPart, type PartOfScan } from './open-part.ts'
import { watchForPerson } from './needs-person.ts'
import { openView } from './open-view.ts'
import { reduceState } from './reduce-state.ts'
import { throttleText } from './throttle-text.ts'
import { startState, type WatchState } from './watch-state.ts'

export type Watched =
  /** With `items`, these types have ended and `scan` is narrowed to them; the whole one may go on. */
  | { outcome: 'finished'; scan: Scan; items?: ScanItem[] }
  /** The scan goes on without us. */
  | { outcome: 'interrupted' | 'timeout'; scan: Scan }
  /** It is paused or held up, and stays so until a person acts. */
  | { outcome: 'needs-person'; scan: Scan }

export interface WatchOptions {
  timeoutMs?: number | undefined
  /** Longest time that the scan may be paused or held up (needs-person.ts); default: ten minutes. */
  maxWaitMs?: number | undefined
  /** Watches only these types of the scan, until they have ended. */
  resources?: readonly string[] | undefined
}

const MAX_WAIT_MS = 600_000

/** Shows a scan until it ends, a person has to act, the user leaves (Ctrl-C) or `timeoutMs` have passed. */
export async function watchScan(
  session: Session,
  scan: Scan,
  { timeoutMs, maxWaitMs = MAX_WAIT_MS, resources }: WatchOptions = {},
): Promise<Watched> {
  const { interrupted } = session.io
  const leaving = new AbortController()
  const leave = (why: 'timeout' | 'needs-person'): void => leaving.abort(why)
  const timer = timeoutMs === undefined ? undefined : setTimeout(leave, timeoutMs, 'timeout')
  try {
    const signal = AbortSignal.any([interrupted, leaving.signal])
    const onStuck = (): void => leave('needs-person')
    const part = resources && openPart(session.api, { scanId: scan.id, resources }, signal)
    const last = await follow(session, scan, signal, { part, maxWaitMs, onStuck })
    const isOver = last.ended || part?.isOver() === true
    const left = interrupted.aborted ? 'interrupted' : isOver ? undefined : whyLeft(leaving.signal)
    return left === undefined
      ? await readEnd(session, last, resources)
      : await readLeft(session, last.scan, left)
  } finally {
    clearTimeout(timer)
  }
}

interface FollowOptions {
  maxWaitMs: number
  part: PartOfScan | undefined
  /** Called when a person has to act. */
  onStuck: () => void
}

const LOOK_MS = 500

async function follow(
  session: Session,
  scan: Scan,
  signal: AbortSignal,
  { part, maxWaitMs, onStuck }: FollowOptions,
): Promise<WatchState> {
  let state: WatchState = { ...startState({ ...scan, done: false }), ended: false }
  const needsPerson = watchForPerson(maxWaitMs)
  // Time passes without an event as well.
  const look = setInterval(() => {
    if (!state.ended && needsPerson(state.scan, performance.now())) onStuck()
  }, LOOK_MS)
  const shown = (): WatchState => part?.narrow(state) ?? state
  const view = openView(session, shown())
  try {
    for await (const heard of followScan(session.api, scan.id, signal)) {
      state = reduceState(state, heard, Date.now())
      await part?.hear(heard)
      view.show(shown(), heard)
      if (part?.isOver() === true) break
    }
    return state
  } finally {
    clearInterval(look)
    view.close()
  }
}

function whyLeft({ aborted, reason }: AbortSignal): 'timeout' | 'needs-person' | undefined {
  if (!aborted) return undefined
  return reason === 'timeout' ? 'timeout' : 'needs-person'
}

/** After Ctrl-C a user does not wait long for a last answer. */
const LAST_LOOK_MS = 2_000

/** The scan as it is left, with all of its pause, which events do not carry. */
async function readLeft(
  { api }: Pick<Session, 'api'>,
  last: Scan,
  outcome: 'interrupted' | 'timeout' | 'needs-person',
): Promise<Watched> {
  const signal = AbortSignal.timeout(LAST_LOOK_MS)
  const scan = await api.get(`/scans/${last.id}`, Scan, { signal }).catch(() => last)
  return { outcome, scan }
}

/** How the scan, or the named types of it, have ended. */
export async function readEnd(
  { api, io: { interrupted: signal } }: Pick<Session, 'api' | 'io'>,
  { scan, ended }: Pick<WatchState, 'scan' | 'ended'>,
  resources: readonly string[] | undefined,
): Promise<Watched> {
  // A stream that ended without the last event (204) leaves us without the final scan.
  const whole = ended ? scan : await api.get(`/scans/${scan.id}`, Scan, { signal })
  if (!resources) return { outcome: 'finished', scan: whole }
  const items = await readItems(api, scan.id, resources, signal)
  return { outcome: 'finished', scan: narrowScan(whole, items), items }
}

const FAILURES_SHOWN = 20
const FailedPage = pageSchema(ScanItem)
type FailedPage = z.infer<typeof FailedPage>

/** Says on stderr how a scan, or the types `items` of it, ended and what to type next. */
export async function tellEnd(session: Session, scan: Scan, items?: ScanItem[]): Promise<void> {
  if (session.quiet || session.progress === 'json') return
  const failed = items ? failedOf(items) : await failedItems(session, scan)
  const columns = terminalColumns(session.io, 'err')
  const isPart = items !== undefined
  const lines = endBlock(scan, { program: session.program, failed, isPart, columns })
  const painted = lines.map((line) => paint(line, Number.POSITIVE_INFINITY, session.err))
  note(session, painted.join('\n'))
}

function failedOf(items: ScanItem[]): ScanItem[] {
  return items.filter(({ status }) => status === 'failed').slice(0, FAILURES_SHOWN)
}

async function failedItems({ api, io }: Session, scan: Scan): Promise<ScanItem[]> {
  if (scan.progress.failed === 0) return []
  const query = { status: 'failed', limit: FAILURES_SHOWN }
  const signal = io.interrupted
  // The end is told in any case; the list of failures is only a help.
  const page: FailedPage | undefined = await api
    .get(`/scans/${scan.id}/resources`, FailedPage, { query, signal })
    .catch(() => undefined)
  return page?.data ?? []
}

/** Says why a scan does not go on. */
export function tellHeldUp(session: Session, scan: Scan): void {
  note(session, heldUpLines(scan, session.program).join('\n'))
}

/** How to come back to a scan or to end it; of one that is paused or waits, why. */
export function tellLeft(session: Session, scan: Scan, why: string): void {
  const { program } = session
  const { id, status, throttle } = scan
  const lines =
    status === 'paused'
      ? [why, ...heldUpLines(scan, program)]
      : [
          `${why} The scan goes on.`,
          ...(throttle ? [`  it waits:       ${toPlainText(throttleText(throttle))}`] : []),
          `  watch it again: ${program} watch ${id}`,
        ]
  note(session, [...lines, `  end it:         ${program} cancel ${id}`].join('\n'))
}
