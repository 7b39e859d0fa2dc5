import { sleep } from '@capstan/shared/async/sleep'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const WAIT_MS = 5_000
const ASK_EVERY_MS = 100

/** Kept here because the lock lasts as long as the object: collected garbage would open it. */
const held = new Map<string, DatabaseSync>()

/**
 * Takes a folder for this process until it ends, however it ends. The lock is the operating system's, taken
 * through SQLite because Node has no other way to it: unlike a pid file it cannot be left behind by kill -9.
 * Waits a few seconds for an owner that is about to go; answers the owner's pid when it stays.
 */
export async function lockFolder(
  folder: string,
  ownerPid: number,
): Promise<{ locked: true } | { locked: false; ownerPid: number }> {
  const owner = join(folder, 'owner.pid')
  const deadline = performance.now() + WAIT_MS
  while (!tryLock(folder)) {
    if (performance.now() > deadline) {
      const pid = Number.parseInt(await readFile(owner, 'utf8').catch(() => ''), 10)
      return { locked: false, ownerPid: Number.isNaN(pid) ? 0 : pid }
    }
    await sleep(ASK_EVERY_MS)
  }
  await writeFile(owner, String(ownerPid), { mode: 0o600 })
  return { locked: true }
}

function tryLock(folder: string): boolean {
  const database = new DatabaseSync(join(folder, 'owner.lock'))
  try {
    database.exec('BEGIN EXCLUSIVE')
    held.set(folder, database)
    return true
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw error
    return false
  }
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
