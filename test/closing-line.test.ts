import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const REPORTER = join(ROOT, 'scripts/closing-line-reporter.mjs')

/** Runs vitest on these files in a temporary folder. Returns its output and exit code. */
async function runTests(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-closing-line-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, body] of Object.entries(files)) {
    const imports = `import { afterAll, beforeAll, describe, expect, test } from 'vitest'\n`
    await writeFile(join(folder, name), imports + body)
  }
  const args = ['run', '--root', folder, '--reporter', 'default', '--reporter', REPORTER]
  const child = spawn(join(ROOT, 'node_modules/.bin/vitest'), args, {
    // Without the environment variables of the outer vitest.
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...COMPILE_CACHE },
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = await once(child, 'close')
  const lines = output.trimEnd().split('\n')
  return { code, output, last: lines.at(-1) }
}

const PASSING = `test('a', () => {})\ndescribe('b', () => { test('c', () => {}) })`

test('the last line counts passed tests over all files', async () => {
  const { last, code } = await runTests({ 'a.test.ts': PASSING, 'b.test.ts': PASSING })
  expect({ last, code }).toEqual({ last: '4 passed, 0 failed', code: 0 })
})

test('skipped tests are counted with their reason', async () => {
  const { last, output, code } = await runTests({
    'a.test.ts': `${PASSING}\ntest('d', ({ skip }) => skip(true, 'no cluster here'))\ntest.skip('e', () => {})`,
  })
  expect({ last, code }).toEqual({ last: '2 passed, 0 failed, 2 skipped', code: 0 })
  expect(output).toContain('skipped 1 in a.test.ts: no cluster here')
})

test.each([
  ['a failing test', `test('x', () => expect(1).toBe(2))`],
  ['a file that throws on import', `throw new Error('broken')`],
  ['a file that does not parse', 'const = 1'],
  ['a file without a test', ''],
  ['a file whose process dies', `test('x', () => { process.kill(process.pid, 'SIGKILL') })`],
  ['a failing clean-up', `afterAll(() => { throw new Error('no') })\ntest('x', () => {})`],
  ['an uncaught error', `test.skip('x', () => {})\nvoid Promise.reject(new Error('lost'))`],
])('%s counts as a failed test', async (_name, body) => {
  const { last, code } = await runTests({ 'a.test.ts': PASSING, 'b.test.ts': body })
  expect(last).toMatch(/^[23] passed, 1 failed/)
  expect(code).toBe(1)
})

test('tests skipped by a failing hook do not count as success', async () => {
  const { last, code } = await runTests({
    'a.test.ts': `beforeAll(() => { throw new Error('no') })\n${PASSING}`,
  })
  expect(last).toMatch(/^0 passed, [1-9]\d* failed/)
  expect(code).toBe(1)
})

test('a run without any test is not a success', async () => {
  const { last, code } = await runTests({})
  expect(last).toBe('0 passed, 1 failed')
  expect(code).toBe(1)
})
