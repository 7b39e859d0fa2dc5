import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { PROBLEM_CODES } from '@capstan/shared/contract/problem'
import { PROBLEM_CATALOGUE } from '@capstan/shared/contract/problem-catalogue'
import { ERRORS_PAGE, renderErrorsPage } from '../scripts/errors-page.ts'

test('docs/errors.md is generated from the problem catalogue', async () => {
  const page = await readFile(ERRORS_PAGE, 'utf8')
  expect(page, 'run `npx -y pnpm@12.21.0 fix` and commit docs/errors.md').toBe(renderErrorsPage())
})

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** Patterns by which source code assigns a code to an error or a document. */
const SENT = /(?:new AppError\(\s*|\bcode: |\bproblemPath\()'([A-Z][A-Z_]+)'/g
/** In a table, such as that of framework errors: `NAME: ['CODE', …]` or `['CODE', 502]`. */
const LISTED = /\[\s*'([A-Z][A-Z_]+)'/g

async function readSources(folder: string): Promise<string> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter(
    ({ name, parentPath }) =>
      name.endsWith('.ts') &&
      !name.endsWith('.test.ts') &&
      !/[/\\](?:node_modules|test)(?:[/\\]|$)/.test(parentPath),
  )
  const texts = await Promise.all(
    files.map(({ name, parentPath }) => readFile(join(parentPath, name), 'utf8')),
  )
  return texts.join('\n')
}

test('each problem code in the source is in the catalogue', async () => {
  const code = (await Promise.all(['apps/api', 'packages'].map(readSources))).join('\n')
  const sent = new Set([...code.matchAll(SENT)].map(([, name = '']) => name))
  expect(sent.size).toBeGreaterThan(20)
  // Codes of dot-ai's interface and of sockets are not problem codes.
  const foreign = /^(?:TOOL_NOT_FOUND|INVALID_REQUEST|EXECUTION_ERROR|E[A-Z]+|UND_ERR_.*|ERR_.*)$/
  const problems = [...sent].filter((name) => !foreign.test(name))
  expect(problems.filter((name) => !Object.hasOwn(PROBLEM_CATALOGUE, name))).toEqual([])
})

test('each problem code of the catalogue is used in the source', async () => {
  const code = (await Promise.all(['apps/api', 'packages'].map(readSources))).join('\n')
  const given = new Set(
    [SENT, LISTED].flatMap((form) => [...code.matchAll(form)].map(([, name]) => name)),
  )
  const quoted = (name: string): boolean => code.split(`'${name}'`).length > 2
  expect(PROBLEM_CODES.filter((name) => !given.has(name) && !quoted(name))).toEqual([])
})

test('each entry of the catalogue has complete sentences and an error status', () => {
  for (const [code, { status, title, meaning, fix }] of Object.entries(PROBLEM_CATALOGUE)) {
    expect(status, code).toBeGreaterThanOrEqual(400)
    expect(title, code).toMatch(/^[A-Z]/)
    for (const text of [meaning, fix]) expect(text, code).toMatch(/^[A-Z`].*\.$/)
  }
})
