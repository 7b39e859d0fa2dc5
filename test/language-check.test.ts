import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('../scripts/language-check.mjs', import.meta.url))

/** The exit code and the lines of the check in a repository with these files. */
async function check(files: Record<string, string>, ...args: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'capstan-language-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  await run('git', ['init', '--quiet'], { cwd: root })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const command = [SCRIPT, '--root', root, ...args]
  const { code, stdout } = await run(process.execPath, command)
    .then(({ stdout }) => ({ code: 0, stdout }))
    .catch((error: { code: number; stdout: string }) => error)
  return { code, lines: stdout.trim().split('\n') }
}

test.each([
  ['a word of the list', 'a/src/x.ts', '// Repairs what another process has to mend.', '`mend`'],
  ['a word of the list inside an identifier', 'a/src/x.ts', 'const standIn = 1', '`stand in`'],
  ['a word of the list in a page', 'docs/x.md', 'The server tells the limit.', '`tells`'],
  ['a word of the list in a Lua script', 'a/x.lua', '-- a value that nobody reads', '`nobody`'],
  ['a comment without a subject', 'a/src/x.ts', '/** Who waits gets a permit. */', '"Who waits'],
  ['a test title without a subject', 'a/x.test.ts', "test('what is kept is kept', f)", '"What is'],
  ['a genitive fragment', 'a/src/x.ts', '// Of the definition, as stored.', '"Of the'],
  ['a participle as a type', 'a/src/x.ts', 'export interface Entered {}', 'type `Entered`'],
  ['a function that is no verb', 'a/src/x.ts', 'export function loadOf() {}', '`loadOf`'],
])('%s is a hit with its line', async (_name, path, text, found) => {
  const { code, lines } = await check({ [path]: `\n${text}\n` })
  expect(lines[0]).toContain(`${path}:2: `)
  expect(lines[0]).toContain(found)
  expect(lines.at(-1)).toBe('1 hit')
  expect(code).toBe(1)
})

test('a name that two files export is a hit', async () => {
  const text = 'export interface Answer {}\n'
  const { code, lines } = await check({ 'a/src/one.ts': text, 'b/src/two.ts': text })
  expect(lines[0]).toContain('`Answer` is exported by b/src/two.ts as well')
  expect(code).toBe(1)
})

test('plain text has no hit, and a question may start with its question word', async () => {
  const { code, lines } = await check({
    'a/src/x.ts': '/** Returns the permit. */\nexport function release(): void {}\n',
    'docs/x.md': '# Limits\n\nWho may start a scan? Every operator.\n',
    'test/fixtures/x.md': 'nobody tells\n',
  })
  expect(lines).toEqual(['0 hits'])
  expect(code).toBe(0)
})

test('paths narrow the check to files and folders', async () => {
  const files = { 'a/x.md': 'anew', 'b/x.md': 'anew' }
  expect((await check(files, 'a')).lines).toHaveLength(2)
  expect((await check(files, 'b/x.md')).lines.at(-1)).toBe('1 hit')
})
