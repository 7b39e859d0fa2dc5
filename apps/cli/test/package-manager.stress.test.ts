import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '@capstan/testkit/until'
import { createFreshMachine } from './fresh-machine.ts'
import { filterRunningProcesses, listChildProcesses } from './process-tree.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

const OWN_SETTINGS = { REDIS_URL: '', PORT: '0', CAPSTAN_WORKERS: '1' }

test.each([
  // The exit code is that of npx, which ends before its child processes.
  ['npx alone gets SIGTERM', 'SIGTERM', (pids: number[]) => pids[0] ?? 0],
  ['pnpm alone gets SIGTERM', 'SIGTERM', (pids: number[]) => pids[2] ?? 0],
  ['npx is killed', 'SIGKILL', (pids: number[]) => pids[0] ?? 0],
  ['Ctrl-C reaches the process group', 'SIGINT', (pids: number[]) => -(pids[0] ?? 0)],
] as const)('start through npx and pnpm stops every process when %s', async (_, signal, choose) => {
  const { home } = await createFreshMachine()
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  const npx = spawn('npx', ['-y', packageManager, 'start', '--demo'], {
    cwd: ROOT,
    // npx needs the registry and certificate settings of this machine.
    env: { ...process.env, ...OWN_SETTINGS, XDG_DATA_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, as in a shell
  })
  let output = ''
  for (const stream of [npx.stdout, npx.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  await until('the banner', () => {
    if (npx.exitCode !== null) throw new Error(`ended: ${output}`)
    return output.includes('Ctrl-C stops it') ? true : undefined
  })
  const pids = await treeOf(npx.pid ?? 0)
  onTestFinished(() => {
    for (const pid of filterRunningProcesses(pids)) process.kill(pid, 'SIGKILL')
  })
  // npx, sh, pnpm, and at least Redis, its supervisor, the cluster, API and worker.
  expect(pids.length).toBeGreaterThan(8)
  const ended = once(npx, 'exit')
  process.kill(choose(pids), signal)
  await ended
  await until(`the end of ${pids.join()}`, () =>
    filterRunningProcesses(pids).length === 0 ? true : undefined,
  )
  expect(output).toContain('capstan: stopped.')
})

/** A process and all its descendants, breadth first. */
async function treeOf(root: number): Promise<number[]> {
  const pids = [root]
  for (const pid of pids) pids.push(...(await listChildProcesses(pid)))
  return pids
}
