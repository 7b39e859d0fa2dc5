import { z } from 'zod'
import { pageOf } from '@capstan/shared/contract/page'
import { Scan, ScanItem } from '@capstan/shared/contract/scan'
import { readItems } from '../client/read-items.ts'
import { note, type Session } from '../session.ts'
import { endBlock } from './end-block.ts'
import { followScan } from './follow-scan.ts'
import { paint } from './line.ts'
import { narrowScan } from './narrow-scan.ts'
import { openPart, type PartOfScan } from './open-part.ts'
import { openView } from './open-view.ts'
import { reduceState } from './reduce-state.ts'
import { startState, type WatchState } from './watch-state.ts'

export type Watched =
  /** With `items`, these types have ended and `scan` is narrowed to them; the whole one may go on. */
  | { outcome: 'finished'; scan: Scan; items?: ScanItem[] }
  /** The scan goes on without us. */
  | { outcome: 'interrupted' | 'timeout'; scan: Scan }

export interface WatchOptions {
  timeoutMs?: number | undefined
  /** Watches only these types of the scan, until they have ended. */
  resources?: readonly string[] | undefined
}

/** Shows a scan until it ends, the user leaves (Ctrl-C) or `timeoutMs` have passed. */
export async function watchScan(
  session: Session,
  scan: Scan,
  { timeoutMs, resources }: WatchOptions = {},
): Promise<Watched> {
  const { interrupted } = session.io
  const late = new AbortController()
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => late.abort(), timeoutMs)
  try {
    const signal = AbortSignal.any([interrupted, late.signal])
    const part = resources && openPart(session.api, { scanId: scan.id, resources }, signal)
    const last = await follow(session, scan, signal, part)
    if (interrupted.aborted) return { outcome: 'interrupted', scan: last.scan }
    const isOver = last.ended || part?.isOver() === true
    if (late.signal.aborted && !isOver) return { outcome: 'timeout', scan: last.scan }
    return await readEnd(session, last, resources)
  } finally {
    clearTimeout(timer)
  }
}

async function follow(
  session: Session,
  scan: Scan,
  signal: AbortSignal,
  part: PartOfScan | undefined,
): Promise<WatchState> {
  let state: WatchState = { ...startState({ ...scan, done: false }), ended: false }
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
    view.close()
  }
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
const FailedPage = pageOf(ScanItem)
type FailedPage = z.infer<typeof FailedPage>

/** Says on stderr how a scan, or the types `items` of it, ended and what to type next. */
export async function tellEnd(session: Session, scan: Scan, items?: ScanItem[]): Promise<void> {
  if (session.quiet || session.progress === 'json') return
  const failed = items ? failedOf(items) : await failedItems(session, scan)
  const lines = endBlock(scan, { program: session.program, failed, isPart: items !== undefined })
  const columns = session.io.errIsTerminal ? session.io.columns() : Number.POSITIVE_INFINITY
  note(session, lines.map((line) => paint(line, columns, session.err)).join('\n'))
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

/** How to come back to a scan one has left, or to end it. */
export function tellLeft(session: Session, scan: Scan, why: string): void {
  const { program } = session
  note(
    session,
    `${why} The scan goes on.\n  watch it again: ${program} watch ${scan.id}\n  end it:         ${program} cancel ${scan.id}`,
  )
}
