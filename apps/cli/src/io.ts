/** The process environment of a command. */
export interface Io {
  /** Writes data to stdout. */
  out(text: string): void
  /** Writes progress, notes and errors to stderr. */
  err(text: string): void
  /** Reads one line from stdin, without its newline; undefined at the end of input or when interrupted. */
  ask(question: string): Promise<string | undefined>
  /** True when stdin and stderr are terminals. */
  canAsk: boolean
  outIsTerminal: boolean
  errIsTerminal: boolean
  /** Width of the terminal in columns. */
  columns(): number
  /** The command line prefix under which the user calls this program, for printed commands. */
  program: string
  environment: Record<string, string | undefined>
  /** Aborted by Ctrl-C or SIGTERM. A second signal ends the process at once. */
  interrupted: AbortSignal
}
