import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

/** Creates the configuration folder with mode 0700. Throws CliError (usage) on failure. */
export function makeConfigFolder(folder: string): void {
  try {
    makeLevels(folder)
  } catch (error) {
    throw new CliError(`The folder ${folder} cannot be created`, {
      exitCode: EXIT.usage,
      why: error instanceof Error ? error.message : undefined,
      fix: 'Set XDG_CONFIG_HOME to a folder of this user.',
      cause: error,
    })
  }
}

/** Creates one level at a time: Node's recursive mkdir never returns below /proc. */
function makeLevels(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(folder) !== folder) makeLevels(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
