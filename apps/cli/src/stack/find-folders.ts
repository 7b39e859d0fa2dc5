import { access, constants, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { Environment } from './environment.ts'

/**
 * Where data (Redis, logs) are kept: CAPSTAN_DATA_DIR, else the user's data folder, else a folder of this
 * user below the temporary one, for users without a home.
 */
export async function findDataDir(environment: Environment): Promise<string> {
  const named = environment['CAPSTAN_DATA_DIR']
  if (named) {
    if (await isUsable(named)) return named
    throw new CliError(`The data directory ${named} cannot be used`, {
      exitCode: EXIT.usage,
      why: 'It cannot be made, or this user may not write there.',
      fix: 'Set CAPSTAN_DATA_DIR to a folder of this user.',
    })
  }
  return firstUsable(candidates(environment, 'XDG_DATA_HOME', '.local/share'))
}

/** Where fetched programs are kept. Losing it costs a download. */
export async function findCacheDir(environment: Environment): Promise<string> {
  return firstUsable(candidates(environment, 'XDG_CACHE_HOME', '.cache'))
}

function candidates(environment: Environment, variable: string, usual: string): string[] {
  const home = environment['HOME']
  const own = environment[variable]
  return [
    ...(own ? [join(own, 'capstan')] : []),
    ...(home && home !== '/' ? [join(home, usual, 'capstan')] : []),
  ]
}

async function firstUsable(folders: string[]): Promise<string> {
  for (const folder of folders) if (await isUsable(folder)) return folder
  const last = join(tmpdir(), `capstan-${process.getuid?.() ?? 'user'}`)
  if ((await isUsable(last)) && (await isOurs(last))) return last
  throw new CliError('There is no folder to keep data in', {
    exitCode: EXIT.unexpected,
    why: `None of these can be used: ${[...folders, last].join(', ')}.`,
    fix: 'Set CAPSTAN_DATA_DIR to a folder of this user.',
  })
}

async function isUsable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Anybody may have made a folder of this name there, to have us run or read what is theirs. */
async function isOurs(folder: string): Promise<boolean> {
  const { uid, mode } = await lstat(folder)
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0
}
