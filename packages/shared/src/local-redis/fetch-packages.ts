import { mkdir, mkdtemp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { downloadWithMissing, unpack, type Apt } from './apt.ts'
import { findOnPath } from './find-on-path.ts'
import { tryServerProgram, type ServerProgram } from './server-program.ts'

export interface FetchOptions {
  /** Where finished folders stay: `<cacheDir>/redis/<distro>-<version>-<arch>`. */
  cacheDir: string
  path: string
  tell: (line: string) => void
  signal: AbortSignal
}

/**
 * A Redis from the packages of Debian or Ubuntu, fetched without root and without touching the system, or
 * found in the cache from last time. Answers undefined on other systems and when it cannot be had.
 */
export async function fetchServerPackages(
  options: FetchOptions,
): Promise<ServerProgram | undefined> {
  const distro = await readDistro()
  if (!distro) return undefined
  const home = join(options.cacheDir, 'redis')
  const finished = join(home, distro)
  const cached = await serverIn(finished, options)
  if (cached) return cached

  const aptGet = await findOnPath('apt-get', options.path)
  const dpkgDeb = await findOnPath('dpkg-deb', options.path)
  if (!aptGet || !dpkgDeb) return undefined
  options.tell(
    'Redis is not installed: fetching the system’s own package (a few MB, no root needed).',
  )
  try {
    await mkdir(home, { recursive: true })
    return await fetchInto(finished, home, { aptGet, dpkgDeb, ...options })
  } catch (error) {
    options.signal.throwIfAborted()
    options.tell(
      `The package could not be had: ${error instanceof Error ? error.message : 'unknown'}`,
    )
    return undefined
  }
}

async function fetchInto(
  finished: string,
  home: string,
  apt: Apt,
): Promise<ServerProgram | undefined> {
  const staging = await mkdtemp(join(home, '.new-'))
  try {
    for (const family of ['redis', 'valkey']) {
      const root = join(staging, family)
      if (!(await unpackFamily(apt, family, root, staging))) continue
      if (!(await serverIn(root, apt))) continue
      await putInPlace(root, finished, apt)
      return await serverIn(finished, apt)
    }
    return undefined
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function unpackFamily(
  apt: Apt,
  family: string,
  root: string,
  staging: string,
): Promise<boolean> {
  const folder = join(staging, `${family}-fetch`)
  await mkdir(folder)
  try {
    await unpack(apt, await downloadWithMissing(apt, `${family}-tools`, folder), root)
  } catch (error) {
    apt.signal.throwIfAborted()
    apt.tell(`${family}-tools: ${error instanceof Error ? error.message : 'unknown error'}`)
    return false
  }
  // The server is one program with the checker, which is in -tools; it goes by the name it is called by.
  await symlink(`${family}-check-rdb`, join(root, 'usr/bin/redis-server'))
  return true
}

/** Moves the folder to its final name in one step. When another process was first, its folder stays. */
async function putInPlace(root: string, finished: string, apt: Apt): Promise<void> {
  const place = (): Promise<boolean> =>
    rename(root, finished).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
        return false
      },
    )
  if ((await place()) || (await serverIn(finished, apt))) return
  // What is there does not run, as after an upgrade of the system took a library away.
  await rename(finished, `${root}-replaced`)
  await place()
}

async function serverIn(
  root: string,
  options: { tell: (line: string) => void; signal: AbortSignal },
): Promise<ServerProgram | undefined> {
  const command = await findOnPath('redis-server', join(root, 'usr/bin'))
  if (!command) return undefined
  return tryServerProgram(command, { LD_LIBRARY_PATH: await libraryPath(root) }, options)
}

async function libraryPath(root: string): Promise<string> {
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
