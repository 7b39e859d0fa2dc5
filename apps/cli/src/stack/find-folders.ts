import { lstat, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { Environment } from './environment.ts'

/** About as much as Redis and the logs write in their first second. */
const TRIAL_BYTES = 64 * 1024

/**
 * Finds the folder for data (Redis, logs): CAPSTAN_DATA_DIR, then the user's data folder, then a folder of
 * this user in the temporary folder. Throws CliError (usage) with the cause when it is not writable.
 */
export async function findDataDir(environment: Environment): Promise<string> {
  const named = environment['CAPSTAN_DATA_DIR']
  const folder =
    named || (await findFirstUsable(listCandidates(environment, 'XDG_DATA_HOME', '.local/share')))
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

/** Finds the folder for downloaded programs. Deleting it costs a download. */
export async function findCacheDir(environment: Environment): Promise<string> {
  return findFirstUsable(listCandidates(environment, 'XDG_CACHE_HOME', '.cache'))
}

function listCandidates(environment: Environment, variable: string, usual: string): string[] {
  const home = environment['HOME']
  const own = environment[variable]
  return [
    ...(own ? [join(own, 'capstan')] : []),
    ...(home && home !== '/' ? [join(home, usual, 'capstan')] : []),
  ]
}

async function findFirstUsable(folders: string[]): Promise<string> {
  for (const folder of folders) if ((await findObstacle(folder)) === undefined) return folder
  const last = join(tmpdir(), `capstan-${process.getuid?.() ?? 'user'}`)
  if ((await findObstacle(last)) === undefined && (await isOurs(last))) return last
  throw new CliError('There is no folder for data', {
    exitCode: EXIT.unexpected,
    why: `None of these can be used: ${[...folders, last].join(', ')}.`,
    fix: 'Set CAPSTAN_DATA_DIR to a folder of this user.',
  })
}

/**
 * Creates the folder and, for a moment, the files that Capstan would create in it: permissions and mount
 * options cannot be checked reliably, least of all by root. Returns why the folder cannot be used; undefined
 * when it can.
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

/** Creates one level at a time: Node's recursive mkdir never returns below /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
    // Another process may have created it in the meantime.
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

/** Another user may have created a folder of this name, to inject programs or to read data. */
async function isOurs(folder: string): Promise<boolean> {
  const { uid, mode } = await lstat(folder)
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0
}
