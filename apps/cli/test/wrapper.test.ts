import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '@capstan/testkit/until'

const WRAPPER = fileURLToPath(new URL('../../../scripts/pm.mjs', import.meta.url))

// A task that needs a moment to end, like a service.
const TASK = `#!/bin/sh
trap 'echo ending; (echo ended); exit 130' INT
echo ready
while :; do sleep 0.1; done
`

test('Ctrl-C in npm start reaches the task, and the wrapper exits after it with its exit code', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-wrapper-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'pnpm'), TASK)
  await chmod(join(directory, 'pnpm'), 0o755)
  const wrapper = spawn(process.execPath, [WRAPPER, 'start:run'], {
    env: { PATH: `${directory}:/usr/bin:/bin`, npm_config_user_agent: 'pnpm/12.21.0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a process group of its own, as in a shell
  })
  let output = ''
  wrapper.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = once(wrapper, 'close')
  await until('the task', () => (output.includes('ready') ? true : undefined))
  process.kill(-(wrapper.pid ?? 0), 'SIGINT')
  expect(await ended).toEqual([130, null])
  expect(output).toBe('ready\nending\nended\n')
})

test('a separator before the arguments, which pnpm passes on, does not reach the task', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-wrapper-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'pnpm'), '#!/bin/sh\necho "$@"\n')
  await chmod(join(directory, 'pnpm'), 0o755)
  const wrapper = spawn(process.execPath, [WRAPPER, 'start:run', '--', '--port', '0'], {
    env: { PATH: `${directory}:/usr/bin:/bin`, npm_config_user_agent: 'pnpm/12.21.0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  wrapper.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(wrapper, 'close')
  expect(output).toBe('--silent exec node apps/cli/src/main.ts up --port 0\n')
})
