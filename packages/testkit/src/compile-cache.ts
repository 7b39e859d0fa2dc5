import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const DIRECTORY = fileURLToPath(new URL('../../../.cache/compiled', import.meta.url))

/**
 * Caches compiled modules of processes of this repository: later starts take three quarters of the time on a
 * busy machine.
 */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: DIRECTORY }

const buildImport = (path: string): string[] => [
  '--import',
  fileURLToPath(new URL(`../../../${path}`, import.meta.url)),
]

/**
 * Arguments of starts that load everything and exit, because only a process that exits normally stores its compiled
 * modules.
 */
const STARTS = [
  [...buildImport('apps/api/src/start-api.ts'), '--eval', ''],
  [
    ...buildImport('apps/worker/src/start-worker.ts'),
    ...buildImport('packages/llm/src/openai-model.ts'),
    ...buildImport('packages/llm/src/anthropic-model.ts'),
    '--eval',
    '',
  ],
  [
    ...buildImport('sims/provider-sim/src/start-provider-sim.ts'),
    ...buildImport('sims/cluster-sim/src/start-cluster-sim.ts'),
    '--eval',
    '',
  ],
  [fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url)), '--help'],
]

/** Fills the cache of a fresh clone. */
export async function fillCompileCache(): Promise<void> {
  if (existsSync(DIRECTORY)) return
  const env = { PATH: process.env['PATH'] ?? '', ...COMPILE_CACHE }
  await Promise.all(
    STARTS.map((args) => once(spawn(process.execPath, args, { env, stdio: 'ignore' }), 'exit')),
  )
}
