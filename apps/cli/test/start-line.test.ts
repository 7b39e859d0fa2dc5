import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const WRAPPER = fileURLToPath(new URL('../../../scripts/pm.mjs', import.meta.url))

/** Stderr of the task wrapper when the package manager itself writes nothing. */
async function stderrOf(task: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-start-line-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'pnpm'), '#!/bin/sh\nexit 0\n')
  await chmod(join(directory, 'pnpm'), 0o755)
  const wrapper = spawn(process.execPath, [WRAPPER, task], {
    env: {
      PATH: `${directory}:/usr/bin:/bin`,
      npm_config_user_agent: 'pnpm/12.21.0',
      NO_COLOR: '1',
      FORCE_COLOR: '1',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  wrapper.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(wrapper, 'close')
  return text
}

test('start and demo print a line before the package manager runs, and other tasks print none', async () => {
  const line = 'capstan: starting; the first start installs packages…\n'
  expect(await stderrOf('start:run')).toBe(line)
  expect(await stderrOf('demo:run')).toBe(line)
  expect(await stderrOf('capstan:run')).toBe('')
})
