import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'

const PNPM = 'npx -y pnpm@12.21.0'

export interface ProgramPlace {
  /** Path of the main module: `.ts` in a checkout, `.js` in the package. */
  main: string
  /** Working directory of the process. */
  directory: string
  environment: Record<string, string | undefined>
}

/**
 * Finds the command that calls this program: the package manager in a checkout, `capstan` when the package is
 * on the PATH, otherwise npx.
 */
export function findProgramName({ main, directory, environment }: ProgramPlace): string {
  if (!main.endsWith('.ts')) {
    const isOwnShell = environment['npm_lifecycle_event'] === undefined
    return isOwnShell && isOnPath(environment['PATH'] ?? '') ? 'capstan' : 'npx capstan'
  }
  const root = resolve(dirname(main), '../../..')
  // Package managers change to the checkout and keep the user's directory in INIT_CWD.
  const isScript = environment['npm_lifecycle_event'] !== undefined
  const user = (isScript ? environment['INIT_CWD'] : undefined) ?? directory
  return isSame(user, root) ? `${PNPM} capstan` : `${PNPM} -C ${quoteShellWord(root)} capstan`
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other)
  } catch {
    return false
  }
}

function isOnPath(path: string): boolean {
  return path.split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, 'capstan')))
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
