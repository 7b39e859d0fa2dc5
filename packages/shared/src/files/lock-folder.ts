import { sleep } from '../async/sleep.ts'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Default of the longest wait for another owner. */
const WAIT_MS = 5_000
const RETRY_MS = 100

/** References to the locks. Garbage collection of the object would release the lock. */
const held = new Map<string, DatabaseSync>()

/**
 * Locks a folder for this process until the process ends. The lock is a file lock of the operating system, acquired through SQLite
 * because Node.js has no API for it. Unlike a pid file it disappears with kill -9. Waits up to `waitMs` (default: 5 s) for another
 * owner to end, then returns the pid of that owner.
 */
export async function lockFolder(
  folder: string,
  ownerPid: number,
  waitMs = WAIT_MS,
): Promise<{ locked: true } | { locked: false; ownerPid: number }> {
  const owner = join(folder, 'owner.pid')
  const deadline = performance.now() + waitMs
  while (!tryLock(folder)) {
    if (performance.now() > deadline) {
      const pid = Number.parseInt(await readFile(owner, 'utf8').catch(() => ''), 10)
      return { locked: false, ownerPid: Number.isNaN(pid) ? 0 : pid }
    }
    await sleep(RETRY_MS)
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
