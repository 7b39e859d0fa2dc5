import { mkdir, mkdtemp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  downloadWithDependencies,
  readFreshLists,
  unpackPackages,
  type Apt,
  type AptLists,
} from './apt.ts'
import { findOnPath } from './find-on-path.ts'
import { tryServerProgram, type ServerProgram } from './server-program.ts'

export interface FetchOptions {
  /** Unpacked packages stay in `<cacheDir>/redis/<distro>-<version>-<arch>`. */
  cacheDir: string
  path: string
  onProgress: (line: string) => void
  signal: AbortSignal
}

/**
 * Downloads Redis from the packages of Debian or Ubuntu, without root and without changes of the system, or takes it from the
 * cache. Returns undefined on other systems and when the download fails.
 */
export async function fetchServerPackages(
  options: FetchOptions,
): Promise<ServerProgram | undefined> {
  const distro = await readDistro()
  if (!distro) return undefined
  const home = join(options.cacheDir, 'redis')
  const finished = join(home, distro)
  const cached = await findServer(finished, options)
  if (cached) return cached

  const apt = await findApt(options)
  if (!apt) return undefined
  options.onProgress(
    'Redis is not installed: downloading the package of this system (a few MB, no root needed).',
  )
  try {
    await mkdir(home, { recursive: true })
    return await fetchInto(finished, home, apt)
  } catch (error) {
    options.signal.throwIfAborted()
    options.onProgress(
      `The package could not be downloaded: ${error instanceof Error ? error.message : 'unknown'}`,
    )
    return undefined
  }
}

async function findApt({ path, onProgress, signal }: FetchOptions): Promise<Apt | undefined> {
  const aptGet = await findOnPath('apt-get', path)
  const dpkgDeb = await findOnPath('dpkg-deb', path)
  const dpkgQuery = await findOnPath('dpkg-query', path)
  return aptGet && dpkgDeb && dpkgQuery
    ? { aptGet, dpkgDeb, dpkgQuery, onProgress, signal }
    : undefined
}

async function fetchInto(
  finished: string,
  home: string,
  apt: Apt,
): Promise<ServerProgram | undefined> {
  const staging = await mkdtemp(join(home, '.new-'))
  try {
    const root =
      (await fetchFirst(apt, staging, [])) ??
      (await fetchFirst(apt, staging, await readFreshLists(apt, join(staging, 'apt'))))
    if (!root) return undefined
    await putInPlace(root, finished, apt)
    return await findServer(finished, apt)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** Returns the folder of the first package whose server runs on this machine. */
async function fetchFirst(apt: Apt, staging: string, lists: AptLists): Promise<string | undefined> {
  for (const family of ['redis', 'valkey']) {
    const root = await mkdtemp(join(staging, `${family}-`))
    const unpacked = await unpackFamily(apt, family, { lists, root }).catch((error: Error) => {
      apt.signal.throwIfAborted()
      if (lists.length > 0) apt.onProgress(`${family}-tools: ${error.message}`)
      return false
    })
    if (unpacked && (await findServer(root, apt))) return root
  }
  return undefined
}

async function unpackFamily(
  apt: Apt,
  family: string,
  { lists, root }: { lists: AptLists; root: string },
): Promise<boolean> {
  const folder = await mkdtemp(`${root}-debs-`)
  await unpackPackages(
    apt,
    await downloadWithDependencies(apt, `${family}-tools`, { lists, folder }),
    root,
  )
  // The server and the checker in -tools are one program, which selects its role by the name of its file.
  await symlink(`${family}-check-rdb`, join(root, 'usr/bin/redis-server'))
  return true
}

/** Renames the folder to its final name. If another process was faster, its folder stays. */
async function putInPlace(root: string, finished: string, apt: Apt): Promise<void> {
  const place = (): Promise<boolean> =>
    rename(root, finished).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
        return false
      },
    )
  if ((await place()) || (await findServer(finished, apt))) return
  // The existing folder does not run, for example because an upgrade of the system removed a library.
  await rename(finished, `${root}-replaced`)
  await place()
}

async function findServer(
  root: string,
  options: { onProgress: (line: string) => void; signal: AbortSignal },
): Promise<ServerProgram | undefined> {
  const command = await findOnPath('redis-server', join(root, 'usr/bin'))
  if (!command) return undefined
  return tryServerProgram(command, { LD_LIBRARY_PATH: await findLibraryPath(root) }, options)
}

/** Builds LD_LIBRARY_PATH for the shared libraries of unpacked packages. */
export async function findLibraryPath(root: string): Promise<string> {
  const folders: string[] = []
  for (const lib of [join(root, 'usr/lib'), join(root, 'lib')]) {
    const entries = await readdir(lib).catch(() => [])
    folders.push(...entries.filter((name) => name.includes('-linux-gnu')).map((n) => join(lib, n)))
  }
  return folders.join(':')
}

/** `debian-12-x64` for systems with apt, else undefined. */
async function readDistro(): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (name: string): string =>
    new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  const family = `${field('ID')} ${field('ID_LIKE')}`.split(' ')
  if (!family.includes('debian') && !family.includes('ubuntu')) return undefined
  return `${field('ID')}-${field('VERSION_ID') || 'rolling'}-${process.arch}`
}
