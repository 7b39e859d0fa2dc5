import type { Io } from '../io.ts'
import { formatForTerminal } from '../output/format-for-terminal.ts'
import { stringifySafeJson } from '../output/stringify-safe-json.ts'
import type { CliSession } from '../cli-session.ts'
import type { ScanUpdate } from '@capstan/client/follow-scan-events'
import { formatFailure, formatLiveRegion } from './format-live-region.ts'
import { openLiveRegion } from './live-region.ts'
import { paintLine, type StyledLine } from './styled-line.ts'
import { EMPTY_PLAIN_LOG, nextPlainLines } from './plain-log.ts'
import type { TypeFailure, ScanViewState } from './scan-view-state.ts'

/** Shows the progress of a scan on stderr. */
export interface View {
  show(state: ScanViewState, update: ScanUpdate): void
  close(): void
}

type ViewSession = Pick<CliSession, 'err' | 'progress'> & {
  io: Pick<Io, 'err' | 'columns' | 'program' | 'outIsTerminal' | 'errIsTerminal'>
}

export function openView(session: ViewSession, state: ScanViewState): View {
  switch (session.progress) {
    case 'tty':
      return openTerminalView(session, state)
    case 'plain':
      return openPlainView(session, state)
    case 'json':
      return openJsonView(session)
    case 'none':
      return { show: () => undefined, close: () => undefined }
  }
}

const FRAME_MS = 100
const PLAIN_CHECK_MS = 1_000

/** Redrawn on a timer, at most ten times a second, however many events arrive. */
function openTerminalView({ io, err }: ViewSession, first: ScanViewState): View {
  const region = openLiveRegion((text) => io.err(text))
  let state = first
  const printed = new Set<TypeFailure>()
  const painted = (lines: StyledLine[]): string[] =>
    lines.map((line) => paintLine(line, io.columns() - 1, err))
  const draw = (): void => {
    const fresh = state.failures.filter((failure) => !printed.has(failure))
    region.above(painted(fresh.map(formatFailure)))
    fresh.forEach((failure) => printed.add(failure))
    if (!state.ended) region.draw(painted(formatLiveRegion(state, Date.now(), io.columns() - 1)))
  }
  const timer = setInterval(draw, FRAME_MS)
  draw()
  return {
    show: (next) => {
      state = next
    },
    close: () => {
      clearInterval(timer)
      draw()
      region.clear()
    },
  }
}

function openPlainView({ io, err }: ViewSession, first: ScanViewState): View {
  let state = first
  let log = EMPTY_PLAIN_LOG
  const step = (): void => {
    const next = nextPlainLines(log, state, Date.now())
    log = next.log
    for (const line of next.lines) {
      io.err(formatForTerminal(io, 'err', `${paintLine(line, Number.POSITIVE_INFINITY, err)}\n`))
    }
  }
  const timer = setInterval(step, PLAIN_CHECK_MS)
  return {
    show: (next) => {
      state = next
      step()
    },
    close: () => clearInterval(timer),
  }
}

/** Prints each event as received, one JSON object per line: `{ id, type, data }`. */
function openJsonView({ io }: ViewSession): View {
  return {
    show: (_state, update) => {
      if (update.type !== 'event') return
      const { id, event, data } = update
      io.err(`${stringifySafeJson({ id, type: event, data })}\n`)
    },
    close: () => undefined,
  }
}
