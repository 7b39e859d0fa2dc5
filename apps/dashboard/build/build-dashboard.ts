import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFolder } from '@capstan/shared/files/lock-folder'
import { computeSourceKey } from '@capstan/shared/dashboard/compute-source-key'
import { runVite } from './run-vite.ts'
import { findBuiltDashboard } from '@capstan/shared/dashboard/find-built-dashboard'

export interface BuildRequest {
  /** Root of the repository. */
  root: string
  /** Folders for built files, the best first. Those that cannot be written are skipped. */
  caches: string[]
  log: (line: string) => void
}

/** A build takes two seconds; on a machine that is very busy, a minute. */
const WAIT_MS = 300_000
/** Builds of earlier sources that are kept, for other checkouts and processes that still serve them. */
const MOST_KEPT = 4

/**
 * Returns the folder with the built files of the present sources. Builds them first when no cache has them. Processes
 * that call this at the same time build once: the others wait. A build is complete or absent, because its folder is
 * renamed at the end. Throws an Error with the cause when nothing can be built.
 */
export async function buildDashboard({ root, caches, log }: BuildRequest): Promise<string> {
  const key = await computeSourceKey(root)
  const ready = findBuiltDashboard(caches, key)
  if (ready !== undefined) return ready
  const { folder: cache, faults } = await findWritable(caches)
  if (cache === undefined) {
    throw new Error(`no folder for the dashboard can be written: ${faults.join('; ')}`)
  }
  const lock = await lockFolder(cache, process.pid, WAIT_MS)
  if (!lock.locked) {
    throw new Error(`process ${lock.ownerPid} has been building the dashboard in ${cache} for long`)
  }
  const built = findBuiltDashboard(caches, key)
  if (built !== undefined) return built
  const started = performance.now()
  log('building the dashboard…')
  const target = join(cache, key)
  await buildInto(root, cache, target)
  await removeOldBuilds(cache, key)
  log(`built the dashboard in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return target
}

/** Returns the folder of builds in the first cache that accepts a file, and why the ones before it do not. */
async function findWritable(
  caches: string[],
): Promise<{ folder: string | undefined; faults: string[] }> {
  const faults: string[] = []
  for (const cache of caches) {
    const folder = join(cache, 'dashboard')
    try {
      await mkdir(folder, { recursive: true })
      await rm(await mkdtemp(join(folder, '.trial-')), { recursive: true })
      return { folder, faults }
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error))
    }
  }
  return { folder: undefined, faults }
}

/** The target appears with all of its files at once. */
async function buildInto(root: string, cache: string, target: string): Promise<void> {
  const unfinished = await mkdtemp(join(cache, '.build-'))
  try {
    await runVite(root, unfinished)
    await rename(unfinished, target)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Removes all but the newest builds, by the time of their folders, and unfinished ones. */
async function removeOldBuilds(cache: string, key: string): Promise<void> {
  const entries = await readdir(cache)
  const names = entries.filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== key)
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  )
  const old = dated.toSorted((a, b) => b.at - a.at).slice(MOST_KEPT)
  // This process holds the lock, so other unfinished builds belong to processes that were killed.
  const unfinished = entries.filter((name) => name.startsWith('.build-'))
  for (const name of [...old.map((one) => one.name), ...unfinished]) {
    await rm(join(cache, name), { recursive: true, force: true })
  }
}
