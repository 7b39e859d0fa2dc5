import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { endWindow, readWindows, buildWatchOption } from './event-loop-windows.ts'

/** In the second window its event loop is free, blocked for 300 ms, and free again. */
const PROGRAM = `
  const { setTimeout: wait } = require('node:timers/promises')
  process.once('SIGUSR2', async () => {
    await wait(100)
    const endsAt = performance.now() + 300
    while (performance.now() < endsAt);
    await wait(100)
    process.send('blocked')
  })
  process.once('SIGTERM', () => process.exit(0))
  setInterval(() => undefined, 60_000)
  process.send('ready')
`

test('a process reports how long its event loop was blocked in each time window', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capstan event loop '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const report = join(folder, 'windows.json')
  const child = spawn(process.execPath, ['--eval', PROGRAM], {
    env: { NODE_OPTIONS: buildWatchOption(report) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  endWindow(child.pid ?? 0)
  await once(child, 'message')
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  const windows = await readWindows(report)
  expect(windows).toHaveLength(2)
  expect(windows[1]?.maxMs).toBeGreaterThan(250)
  expect(windows[1]?.maxComputeMs).toBeGreaterThan(0)
  expect(windows[1]?.tookMs).toBeGreaterThan(300)
})
