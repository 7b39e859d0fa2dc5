/** The phase of a job as Bull Board shows it; `since` is RFC 3339. */
export interface JobProgress {
  phase: string
  since: string
}

/** The log and the progress of one attempt, as Bull Board shows them. */
export interface JobLog {
  /** Starts a phase, such as `wait for admission`; it ends when the next phase starts or the attempt ends. */
  begin(phase: string): void
  /** Ends the current phase; `note` is added to its line. */
  end(note?: string): void
  /** Adds a line without a duration. */
  note(line: string): void
}

export interface OpenJobLog extends JobLog {
  /** The current phase if it has run for more than a second and was not returned before. */
  slowPhase(): JobProgress | undefined
  /** Removes and returns the lines. */
  take(): string[]
}

/** Shorter phases are not written as progress: each would cost a write. */
const SLOW_MS = 1_000

/** Collects the lines of an attempt, so that one command writes them all. */
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
