/** What a job is doing, for people who look at it: `since` is RFC 3339. */
export interface JobProgress {
  phase: string
  since: string
}

/** The log and the progress of one start of a job, as Bull Board shows them. */
export interface JobLog {
  /** A phase begins, such as `waiting for admission`; it ends when the next one begins or the start ends. */
  begin(phase: string): void
  /** The phase that runs has ended; `note` is added to its line. */
  end(note?: string): void
  /** One line without a duration. */
  note(line: string): void
}

export interface OpenJobLog extends JobLog {
  /** The phase that runs for longer than a second and was not shown yet. */
  slowPhase(): JobProgress | undefined
  /** The lines so far; none is returned twice. */
  take(): string[]
}

/** A phase is shown as progress once it has taken this long: a write for each short one would cost more than it is worth. */
const SLOW_MS = 1_000

/** Lines are collected here and written together, because every line is a command. */
export function openJobLog(
  attempt: string,
  now: () => number = () => performance.now(),
): OpenJobLog {
  let lines: string[] = []
  let running: { phase: string; startedAt: number; since: string; isShown: boolean } | undefined
  const end = (note?: string): void => {
    if (!running) return
    const tookMs = Math.round(now() - running.startedAt)
    const what = note === undefined ? running.phase : `${running.phase}: ${note}`
    lines.push(`${attempt} ${what} (${tookMs} ms)`)
    running = undefined
  }
  return {
    begin: (phase) => {
      end()
      running = { phase, startedAt: now(), since: new Date().toISOString(), isShown: false }
    },
    end,
    note: (line) => {
      lines.push(`${attempt} ${line}`)
    },
    slowPhase: () => {
      if (!running || running.isShown || now() - running.startedAt < SLOW_MS) return undefined
      running.isShown = true
      return { phase: running.phase, since: running.since }
    },
    take: () => {
      end()
      const taken = lines
      lines = []
      return taken
    },
  }
}
