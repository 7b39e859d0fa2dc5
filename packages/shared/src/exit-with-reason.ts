import { ConfigError } from './config/read-config.ts'
import { UsageError } from './config/usage-error.ts'
import { AppError } from './errors.ts'

/** EX_CONFIG of sysexits.h: a restart cannot help. */
const MISCONFIGURED = 78
/** Conventional exit code of shells for a wrong command line. */
const WRONG_USE = 2

/** Exits a process that could not start, with the error and its hint on stderr. Rethrows unknown errors. */
export function exitWithReason(error: unknown): never {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n(see --help)\n`)
    process.exit(WRONG_USE)
  }
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(MISCONFIGURED)
  }
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`)
  process.exit(1)
}
