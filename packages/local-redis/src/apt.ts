import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand, type CommandOptions } from './run-command.ts'

/** Programs of Debian and Ubuntu that download and unpack packages without root. */
export interface Apt {
  aptGet: string
  dpkgDeb: string
  dpkgQuery: string
  onProgress: (line: string) => void
  signal: AbortSignal
}

// Not downloaded: another C library under the loader of the system crashes, and `adduser` and `passwd` only create users.
const EXCLUDED = new Set(['libc6', 'libc-bin', 'adduser', 'passwd'])
const DEADLINE_MS = 120_000

/** Options of apt-get that select the package lists; empty = those of the system. */
export type AptLists = string[]

/** Downloads a package and its dependencies that are not installed. Returns the .deb files. */
export async function downloadWithDependencies(
  apt: Apt,
  name: string,
  { lists, folder }: { lists: AptLists; folder: string },
): Promise<string[]> {
  const missing = await listMissingPackages(apt, name, lists)
  const names = [...missing].filter((each) => !EXCLUDED.has(each))
  await runCommand(apt.aptGet, [...lists, '-q', 'download', ...names], {
    ...buildLimits(apt),
    directory: folder,
  })
  const files = await readdir(folder)
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(folder, file))
}

/** Lists the package, even if it is installed outside PATH, and the packages that its installation would add. */
async function listMissingPackages(apt: Apt, name: string, lists: AptLists): Promise<Set<string>> {
  const simulate = async (extra: string[]): Promise<string[]> => {
    const options = [...lists, ...extra, '--simulate', '--no-install-recommends']
    return listPlannedPackages(
      await runCommand(apt.aptGet, [...options, 'install', name], buildLimits(apt)),
    )
  }
  try {
    return new Set([name, ...(await simulate([]))])
  } catch {
    // apt refuses to simulate while another installation is incomplete. Simulate an empty system instead.
    const all = await simulate(['-o', 'Dir::State::status=/dev/null'])
    const query = ['--show', '--showformat', '${db:Status-Abbrev}${Package}\n']
    const present = await runCommand(apt.dpkgQuery, query, buildLimits(apt))
    const installed = new Set(present.split('\n').map((line) => line.replace(/^ii\s+/, '')))
    return new Set([name, ...all.filter((each) => !installed.has(each))])
  }
}

/** Unpacks .deb files into `root`, without their scripts. */
export async function unpackPackages(apt: Apt, debs: string[], root: string): Promise<void> {
  for (const deb of debs) await runCommand(apt.dpkgDeb, ['-x', deb, root], buildLimits(apt))
}

/** Reads the package names from the lines `Inst name (version …)` of a simulated installation. */
export function listPlannedPackages(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+) /gm)].flatMap((match) => match[1] ?? [])
}

/** Downloads package lists into `folder`. Never changes the lists of the system. */
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
    // As root, apt reads as the user _apt, which has no access to this folder.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
  await runCommand(apt.aptGet, [...options, '-q', 'update'], buildLimits(apt))
  return options
}

function buildLimits(apt: Apt): CommandOptions {
  return { deadlineMs: DEADLINE_MS, signal: apt.signal }
}
