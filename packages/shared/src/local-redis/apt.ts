import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand, type RunOptions } from './run-command.ts'

/** The programs of Debian and Ubuntu that fetch and unpack packages without root. */
export interface Apt {
  aptGet: string
  dpkgDeb: string
  tell: (line: string) => void
  signal: AbortSignal
}

// Never replaced beside the running system: another C library under the same loader crashes at once, and the
// other two only create users.
const LEFT_OUT = new Set(['libc6', 'libc-bin', 'adduser', 'passwd'])
const DEADLINE_MS = 120_000

/**
 * Downloads a package and those of its dependencies that are not installed into `folder`; answers the .deb
 * files. When the system's package lists are missing or too old, fresh ones are kept under `folder`: the
 * system's own are never written.
 */
export async function downloadWithMissing(
  apt: Apt,
  name: string,
  folder: string,
): Promise<string[]> {
  const debs = join(folder, 'debs')
  await mkdir(debs)
  try {
    await download(apt, name, debs, [])
  } catch {
    apt.signal.throwIfAborted()
    apt.tell('The package lists of this system are missing or old; reading fresh ones (10-60 s).')
    const privateState = await freshLists(apt, folder)
    await download(apt, name, debs, privateState)
  }
  return (await readdir(debs))
    .filter((file) => file.endsWith('.deb'))
    .map((file) => join(debs, file))
}

/** Unpacks .deb files over each other into `root`; no scripts are run. */
export async function unpack(apt: Apt, debs: string[], root: string): Promise<void> {
  for (const deb of debs) await runCommand(apt.dpkgDeb, ['-x', deb, root], limits(apt))
}

async function download(apt: Apt, name: string, debs: string, state: string[]): Promise<void> {
  const plan = await runCommand(
    apt.aptGet,
    [...state, '--simulate', 'install', '--no-install-recommends', name],
    limits(apt),
  )
  // The package itself may be installed (without being on PATH), and is then not in the plan.
  const missing = new Set([name, ...plannedPackages(plan)])
  const names = [...missing].filter((each) => !LEFT_OUT.has(each))
  await runCommand(apt.aptGet, [...state, '-q', 'download', ...names], {
    ...limits(apt),
    directory: debs,
  })
}

/** The package names in the `Inst name (version …)` lines of a simulated install. */
export function plannedPackages(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+) /gm)].flatMap((match) => match[1] ?? [])
}

/** Reads package lists into a folder of our own and answers the options that make apt-get use it. */
async function freshLists(apt: Apt, folder: string): Promise<string[]> {
  const state = join(folder, 'apt-state')
  const cache = join(folder, 'apt-cache')
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

function limits(apt: Apt): RunOptions {
  return { deadlineMs: DEADLINE_MS, signal: apt.signal }
}
