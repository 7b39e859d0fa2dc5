import { ConfigError } from '@capstan/shared/config/read-config'
import { AppError } from '@capstan/shared/errors'
import { scrub } from '@capstan/shared/text/scrub'
import { CliError } from './cli-error.ts'
import { EXIT } from './exit-code.ts'

const MAX_LENGTH = 600

/** Converts any thrown value to a CliError. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (error instanceof ConfigError) {
    return new CliError('The configuration is invalid', {
      exitCode: EXIT.usage,
      why: error.faults.join('; '),
      fix: 'Correct these variables and try again.',
      cause: error,
    })
  }
  if (error instanceof AppError) {
    const exitCode = error.code === 'REDIS_UNAVAILABLE' ? EXIT.unreachable : EXIT.unexpected
    return new CliError(error.message, { exitCode, fix: error.hint, cause: error })
  }
  return new CliError('Unexpected error', {
    exitCode: EXIT.unexpected,
    why: error instanceof Error ? error.message : String(error),
    fix: 'Run it again with -v and report the output.',
    trace: error instanceof Error ? error.stack : undefined,
    cause: error,
  })
}

/** Formats an error: what, why, fix and, with `verbose`, its trace. */
export function formatError(error: CliError, verbose: boolean): string[] {
  // Without known secrets: only text that looks like a secret is redacted.
  const clean = (text: string): string[] =>
    text.split('\n').map((line) => scrub(line, [], MAX_LENGTH))
  const [what = '', ...more] = clean(error.message)
  return [
    `✖ ${what}`,
    ...more.map((line) => `  ${line}`),
    ...(error.why ? clean(error.why).map((line) => `  why: ${line}`) : []),
    ...(error.fix ? indentAfterFirst(clean(error.fix), '  fix: ', '       ') : []),
    ...(verbose && error.trace ? indentAfterFirst(clean(error.trace), '  at:  ', '       ') : []),
  ]
}

function indentAfterFirst(lines: string[], first: string, rest: string): string[] {
  return lines.map((line, index) => `${index === 0 ? first : rest}${line}`)
}
