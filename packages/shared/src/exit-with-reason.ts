import { ConfigError } from './config/read-config.ts'
import { UsageError } from './config/usage-error.ts'
import { AppError } from './errors.ts'

/** EX_CONFIG of sysexits.h: restarting cannot help. */
const MISCONFIGURED = 78
/** As shells and most programs have it. */
const WRONG_USE = 2

/** Ends a process that could not start, with what and how to mend it on stderr. Throws what nobody foresaw. */
export function exitWithReason(error: unknown): never {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n(--help shows what is possible)\n`)
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
