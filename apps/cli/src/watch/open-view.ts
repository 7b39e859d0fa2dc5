import type { Io } from '../io.ts'
import { peopleText } from '../output/people-text.ts'
import { safeJson } from '../output/safe-json.ts'
import type { Session } from '../session.ts'
import type { Followed } from './follow-scan.ts'
import { failureLine, liveLines } from './live-lines.ts'
import { openLiveRegion } from './live-region.ts'
import { paint, type Line } from './line.ts'
import { NOTHING_SAID, plainSteps } from './plain-steps.ts'
import type { Failure, WatchState } from './watch-state.ts'

/** Shows a scan on stderr while it goes on. */
export interface View {
  show(state: WatchState, heard: Followed): void
  close(): void
}

type ViewSession = Pick<Session, 'err' | 'progress'> & {
  io: Pick<Io, 'err' | 'columns' | 'program' | 'outIsTerminal' | 'errIsTerminal'>
}

export function openView(session: ViewSession, state: WatchState): View {
  switch (session.progress) {
    case 'tty':
      return terminalView(session, state)
    case 'plain':
      return plainView(session, state)
    case 'json':
      return jsonView(session)
    case 'none':
      return { show: () => undefined, close: () => undefined }
  }
}

const FRAME_MS = 100
const PLAIN_CHECK_MS = 1_000

/** Drawn by the clock, ten times a second at most, however many events come. */
function terminalView({ io, err }: ViewSession, first: WatchState): View {
  const region = openLiveRegion((text) => io.err(text))
  let state = first
  const told = new Set<Failure>()
  const painted = (lines: Line[]): string[] =>
    lines.map((line) => paint(line, io.columns() - 1, err))
  const draw = (): void => {
    const fresh = state.failures.filter((failure) => !told.has(failure))
    region.above(painted(fresh.map(failureLine)))
    fresh.forEach((failure) => told.add(failure))
    if (!state.ended) region.draw(painted(liveLines(state, Date.now(), io.columns() - 1)))
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

function plainView({ io, err }: ViewSession, first: WatchState): View {
  let state = first
  let said = NOTHING_SAID
  const step = (): void => {
    const next = plainSteps(said, state, Date.now())
    said = next.said
    for (const line of next.lines) {
      io.err(peopleText(io, 'err', `${paint(line, Number.POSITIVE_INFINITY, err)}\n`))
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

/** The events as they came, one JSON object a line: `{ id, type, data }`. */
function jsonView({ io }: ViewSession): View {
  return {
    show: (_state, heard) => {
      if (heard.type !== 'event') return
      const { id, event, data } = heard
      io.err(`${safeJson({ id, type: event, data })}\n`)
    },
    close: () => undefined,
  }
}
