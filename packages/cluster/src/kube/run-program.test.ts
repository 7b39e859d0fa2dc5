import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

/** Runs a shell script; `maxMs` bounds it. */
function run(script: string, { maxMs = 60_000, signal = new AbortController().signal } = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'capstan-program-')), 'program')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return runProgram(path, [], { environment: process.env, maxMs, signal })
}

test('a program is killed after its timeout', async () => {
  expect(await run('exec sleep 600', { maxMs: 50 })).toEqual({
    outcome: 'failed',
    reason: 'did not end within 0.05 s',
  })
})

test('a killed program whose child holds the output open is not waited for', async () => {
  expect(await run('sleep 600 & wait', { maxMs: 50 })).toMatchObject({ outcome: 'failed' })
})

test('a program is killed when the signal aborts', async () => {
  const closing = new AbortController()
  const running = run('exec sleep 600', { signal: closing.signal })
  closing.abort()
  expect(await running).toMatchObject({ outcome: 'failed' })
})

test('the standard input of a program is empty', async () => {
  expect(await run('cat; echo end')).toEqual({ outcome: 'succeeded', output: 'end\n' })
})

test.each(['', 'a\0b'])(
  'the command %j cannot be started, and nothing is thrown',
  async (command) => {
    const options = { environment: {}, maxMs: 50, signal: new AbortController().signal }
    expect(await runProgram(command, [], options)).toMatchObject({ outcome: 'failed' })
  },
)
