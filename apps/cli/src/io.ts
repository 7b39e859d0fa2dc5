/** Everything a command knows of the process it runs in. */
export interface Io {
  /** For data alone. */
  out(text: string): void
  /** For people: progress, notes, errors. */
  err(text: string): void
  outIsTerminal: boolean
  errIsTerminal: boolean
  /** Width of the terminal. */
  columns(): number
  environment: Record<string, string | undefined>
  /** Aborted by Ctrl-C or SIGTERM; a second one ends the process at once. */
  interrupted: AbortSignal
}
