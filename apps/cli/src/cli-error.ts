import type { ExitCode } from './exit-code.ts'

export interface CliErrorOptions {
  exitCode: ExitCode
  /** Sentence that says why. */
  why?: string | undefined
  /** Sentence, or command, that mends it. */
  fix?: string | undefined
  /** Shown with -v, such as the id of the request. */
  trace?: string | undefined
  cause?: unknown
}

/** A failure the user is told in three lines: what, why, fix. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  readonly why: string | undefined
  readonly fix: string | undefined
  readonly trace: string | undefined

  constructor(what: string, options: CliErrorOptions) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = options.exitCode
    this.why = options.why
    this.fix = options.fix
    this.trace = options.trace
  }
}
