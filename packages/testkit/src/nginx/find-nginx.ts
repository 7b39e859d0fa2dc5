import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  downloadWithDependencies,
  readFreshLists,
  unpackPackages,
  type Apt,
  type AptLists,
} from '@capstan/local-redis/apt'
import { findLibraryPath } from '@capstan/local-redis/fetch-packages'
import { findOnPath, DEFAULT_PATH } from '@capstan/local-redis/find-on-path'
import { runCommand } from '@capstan/local-redis/run-command'

export interface NginxProgram {
  command: string
  /** All environment variables that it needs. */
  environment: Record<string, string>
}

const CACHE = fileURLToPath(new URL('../../../../.cache/nginx', import.meta.url))
const FETCH_MS = 300_000
const CHECK_MS = 10_000

let found: Promise<NginxProgram | undefined> | undefined

/**
 * Finds nginx on the PATH, otherwise the system's package under `.cache/`, downloaded without root; undefined
 * = none.
 */
export function findNginx(): Promise<NginxProgram | undefined> {
  found ??= search().catch(() => undefined)
  return found
}

async function search(): Promise<NginxProgram | undefined> {
  const signal = AbortSignal.timeout(FETCH_MS)
  const installed = await findOnPath('nginx', DEFAULT_PATH)
  if (installed) return { command: installed, environment: {} }
  const cached = await findProgramIn(CACHE, signal)
  if (cached) return cached
  const apt = await findApt(signal)
  if (!apt) return undefined
  await mkdir(join(CACHE, '..'), { recursive: true })
  const staging = await mkdtemp(`${CACHE}-new-`)
  try {
    const root =
      (await fetchInto(apt, staging, []).catch(() => undefined)) ??
      (await fetchInto(apt, staging, await readFreshLists(apt, join(staging, 'apt'))))
    // Another process may have been faster; its folder is kept.
    await rename(root, CACHE).catch(() => undefined)
    return await findProgramIn(CACHE, signal)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function findApt(signal: AbortSignal): Promise<Apt | undefined> {
  const [aptGet, dpkgDeb, dpkgQuery] = await Promise.all(
    ['apt-get', 'dpkg-deb', 'dpkg-query'].map((name) => findOnPath(name, DEFAULT_PATH)),
  )
  if (!aptGet || !dpkgDeb || !dpkgQuery) return undefined
  return { aptGet, dpkgDeb, dpkgQuery, onProgress: () => undefined, signal }
}

async function fetchInto(apt: Apt, staging: string, lists: AptLists): Promise<string> {
  const root = await mkdtemp(join(staging, 'root-'))
  const folder = await mkdtemp(join(staging, 'debs-'))
  await unpackPackages(apt, await downloadWithDependencies(apt, 'nginx', { lists, folder }), root)
  return root
}

async function findProgramIn(root: string, signal: AbortSignal): Promise<NginxProgram | undefined> {
  const command = await findOnPath('nginx', join(root, 'usr/sbin'))
  if (!command) return undefined
  const environment = { LD_LIBRARY_PATH: await findLibraryPath(root) }
  const runs = await runCommand(command, ['-v'], { deadlineMs: CHECK_MS, signal, environment })
    .then(() => true)
    .catch(() => false)
  return runs ? { command, environment } : undefined
}
