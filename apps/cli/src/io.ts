/** Everything a command knows of the process it runs in. */
export interface Io {
  /** For data alone. */
  out(text: string): void
  /** For people: progress, notes, errors. */
  err(text: string): void
  /** One line that the user types, without its end; undefined when the input ends or the process is interrupted. */
  ask(question: string): Promise<string | undefined>
  /** A person can be asked: stdin and stderr are a terminal. */
  canAsk: boolean
  outIsTerminal: boolean
  errIsTerminal: boolean
  /** Width of the terminal. */
  columns(): number
  /** How the user calls this program, for commands to type next. */
  program: string
  environment: Record<string, string | undefined>
  /** Aborted by Ctrl-C or SIGTERM; a second one ends the process at once. */
  interrupted: AbortSignal
}
