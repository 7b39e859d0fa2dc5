import { lstat, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { Environment } from './environment.ts'

/** As much as Redis and the logs write in their first second. */
const TRIAL_BYTES = 64 * 1024

/**
 * Where data (Redis, logs) are kept: CAPSTAN_DATA_DIR, else the user's data folder, else a folder of this
 * user below the temporary one, for users without a home. CliError `usage` with the reason when it cannot be written.
 */
export async function findDataDir(environment: Environment): Promise<string> {
  const named = environment['CAPSTAN_DATA_DIR']
  const folder =
    named || (await firstUsable(candidates(environment, 'XDG_DATA_HOME', '.local/share')))
  for (const used of [folder, join(folder, 'logs'), join(folder, 'redis')]) {
    const why = await findObstacle(used)
    if (why === undefined) continue
    throw new CliError(`The data directory ${used} cannot be used`, {
      exitCode: EXIT.usage,
      why,
      fix: 'Set CAPSTAN_DATA_DIR to a folder of this user, on a disk with free space.',
    })
  }
  return folder
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
  for (const folder of folders) if ((await findObstacle(folder)) === undefined) return folder
  const last = join(tmpdir(), `capstan-${process.getuid?.() ?? 'user'}`)
  if ((await findObstacle(last)) === undefined && (await isOurs(last))) return last
  throw new CliError('There is no folder to keep data in', {
    exitCode: EXIT.unexpected,
    why: `None of these can be used: ${[...folders, last].join(', ')}.`,
    fix: 'Set CAPSTAN_DATA_DIR to a folder of this user.',
  })
}

/**
 * Makes a folder and everything that Capstan makes in it for a moment: rights and mount options cannot be read off, least
 * of all by root. Returns why the folder cannot be used; undefined when it can.
 */
async function findObstacle(folder: string): Promise<string | undefined> {
  try {
    await makeFolder(resolve(folder))
    const trial = await mkdtemp(join(folder, '.trial-'))
    try {
      await writeFile(join(trial, 'file'), Buffer.alloc(TRIAL_BYTES), { flush: true })
    } finally {
      await rm(trial, { recursive: true, force: true })
    }
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown error'
  }
}

/** One level after the other: below /proc the recursive mkdir of Node never ends. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
    // Another process may have made it meanwhile.
    if (!(await isFolder(folder))) throw error
  })
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

/** Anybody may have made a folder of this name there, to have us run or read what is theirs. */
async function isOurs(folder: string): Promise<boolean> {
  const { uid, mode } = await lstat(folder)
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0
}
