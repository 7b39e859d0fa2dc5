import { z } from 'zod'
import { pageOf } from '@capstan/shared/contract/page'
import { Scan, ScanItem } from '@capstan/shared/contract/scan'
import { note, type Session } from '../session.ts'
import { endBlock } from './end-block.ts'
import { followScan } from './follow-scan.ts'
import { paint } from './line.ts'
import { openView } from './open-view.ts'
import { reduceState } from './reduce-state.ts'
import { startState, type WatchState } from './watch-state.ts'

export type Watched =
  | { outcome: 'finished'; scan: Scan }
  /** The scan goes on without us. */
  | { outcome: 'interrupted' | 'timeout'; scan: Scan }

/** Shows a scan until it ends, the user leaves (Ctrl-C) or `timeoutMs` have passed. */
export async function watchScan(
  session: Session,
  scan: Scan,
  timeoutMs?: number,
): Promise<Watched> {
  const { interrupted } = session.io
  const late = new AbortController()
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => late.abort(), timeoutMs)
  try {
    const signal = AbortSignal.any([interrupted, late.signal])
    const last = await follow(session, scan, signal)
    if (interrupted.aborted) return { outcome: 'interrupted', scan: last.scan }
    if (late.signal.aborted && !last.ended) return { outcome: 'timeout', scan: last.scan }
    // A stream that ended without the last event (204) leaves us without the final scan.
    const ended = last.ended
      ? last.scan
      : await session.api.get(`/scans/${scan.id}`, Scan, { signal })
    return { outcome: 'finished', scan: ended }
  } finally {
    clearTimeout(timer)
  }
}

async function follow(session: Session, scan: Scan, signal: AbortSignal): Promise<WatchState> {
  let state = startState({ ...scan, done: false })
  state = { ...state, ended: false }
  const view = openView(session, state)
  try {
    for await (const heard of followScan(session.api, scan.id, signal)) {
      state = reduceState(state, heard, Date.now())
      view.show(state, heard)
    }
    return state
  } finally {
    view.close()
  }
}

const FAILURES_SHOWN = 20
const FailedPage = pageOf(ScanItem)
type FailedPage = z.infer<typeof FailedPage>

/** Says on stderr how a scan ended and what to type next. */
export async function tellEnd(session: Session, scan: Scan): Promise<void> {
  if (session.quiet || session.progress === 'json') return
  const failed = scan.progress.failed === 0 ? [] : await failedItems(session, scan)
  const lines = endBlock(scan, { program: session.program, failed })
  const columns = session.io.errIsTerminal ? session.io.columns() : Number.POSITIVE_INFINITY
  note(session, lines.map((line) => paint(line, columns, session.err)).join('\n'))
}

async function failedItems({ api, io }: Session, scan: Scan): Promise<ScanItem[]> {
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
