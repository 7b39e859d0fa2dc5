import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand, type CommandOptions } from './run-command.ts'

/** The programs of Debian and Ubuntu that fetch and unpack packages without root. */
export interface Apt {
  aptGet: string
  dpkgDeb: string
  dpkgQuery: string
  onProgress: (line: string) => void
  signal: AbortSignal
}

// Never replaced beside the running system: another C library under the same loader crashes at once, and the
// other two only create users.
const LEFT_OUT = new Set(['libc6', 'libc-bin', 'adduser', 'passwd'])
const DEADLINE_MS = 120_000

/** Options of apt-get that say which package lists to read; empty = the system's own. */
export type AptLists = string[]

/** Downloads a package and those of its dependencies that are not installed; answers the .deb files. */
export async function downloadWithMissing(
  apt: Apt,
  name: string,
  { lists, folder }: { lists: AptLists; folder: string },
): Promise<string[]> {
  const missing = await missingPackages(apt, name, lists)
  const names = [...missing].filter((each) => !LEFT_OUT.has(each))
  await runCommand(apt.aptGet, [...lists, '-q', 'download', ...names], {
    ...limits(apt),
    directory: folder,
  })
  const files = await readdir(folder)
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(folder, file))
}

/** The package itself (it may be installed without being on PATH) and what an installation would add. */
async function missingPackages(apt: Apt, name: string, lists: AptLists): Promise<Set<string>> {
  const simulate = async (extra: string[]): Promise<string[]> => {
    const options = [...lists, ...extra, '--simulate', '--no-install-recommends']
    return listPlannedPackages(
      await runCommand(apt.aptGet, [...options, 'install', name], limits(apt)),
    )
  }
  try {
    return new Set([name, ...(await simulate([]))])
  } catch {
    // A half-finished installation of something else makes apt refuse to plan. Plan for an empty system then.
    const all = await simulate(['-o', 'Dir::State::status=/dev/null'])
    const query = ['--show', '--showformat', '${db:Status-Abbrev}${Package}\n']
    const present = await runCommand(apt.dpkgQuery, query, limits(apt))
    const installed = new Set(present.split('\n').map((line) => line.replace(/^ii\s+/, '')))
    return new Set([name, ...all.filter((each) => !installed.has(each))])
  }
}

/** Unpacks .deb files over each other into `root`; no scripts are run. */
export async function unpackPackages(apt: Apt, debs: string[], root: string): Promise<void> {
  for (const deb of debs) await runCommand(apt.dpkgDeb, ['-x', deb, root], limits(apt))
}

/** The package names in the `Inst name (version …)` lines of a simulated install. */
export function listPlannedPackages(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+) /gm)].flatMap((match) => match[1] ?? [])
}

/** Reads package lists into a folder of our own; the system's are never written, not even by root. */
export async function readFreshLists(apt: Apt, folder: string): Promise<AptLists> {
  apt.onProgress(
    'The package lists of this system are missing or old; reading fresh ones (10-60 s).',
  )
  const state = join(folder, 'state')
  const cache = join(folder, 'cache')
  await mkdir(join(state, 'lists', 'partial'), { recursive: true })
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true })
  const options = [
    `Dir::State=${state}`,
    `Dir::State::Lists=${join(state, 'lists')}`,
    `Dir::Cache=${cache}`,
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    // Under root apt reads as the user _apt, who may not enter our private folder.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
  await runCommand(apt.aptGet, [...options, '-q', 'update'], limits(apt))
  return options
}

function limits(apt: Apt): CommandOptions {
  return { deadlineMs: DEADLINE_MS, signal: apt.signal }
}
