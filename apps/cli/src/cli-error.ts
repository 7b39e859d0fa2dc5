import type { ExitCode } from './exit-code.ts'

export interface CliErrorOptions {
  exitCode: ExitCode
  /** One sentence: the cause. */
  why?: string | undefined
  /** One sentence or command: the remedy. */
  fix?: string | undefined
  /** Printed with `-v`, for example the request id. */
  trace?: string | undefined
  cause?: unknown
}

/** An error that is printed as three lines: what failed, why, and how to fix it. */
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
