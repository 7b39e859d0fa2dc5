import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })

beforeAll(async () => {
  server = await startCliTestServer()
  await capstan('scan', '*.apps', 'events', '-q')
})
afterAll(() => server.close())

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-import-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'rows.ndjson')
  await writeFile(file, text)
  return file
}

test('search --mode keyword finds types by word, and an unknown mode is a usage error', async () => {
  const byWords = await capstan('search', 'deployment', '--mode', 'keyword', '-o', 'name')
  expect(byWords).toMatchObject({ code: 0, err: '' })
  expect(byWords.out).toContain('deployments.apps')
  const wrong = await capstan('search', 'deployment', '--mode', 'magic')
  expect(wrong.code).toBe(2)
})

test('reindex waits for its end and prints what is searched now', async () => {
  const ran = await capstan('reindex')
  expect(ran.code, ran.err).toBe(0)
  expect(ran.out).toMatch(/^Searches go to memory with \d+ types\.\n$/)
})

test('an export can be imported again with its overrides, without replacing newer rows', async () => {
  await capstan('override', 'deployments.apps', '--complexity', 'high', '--note', 'ours')
  const before = (await capstan('export')).out
  const lines = before.trim().split('\n')
  const older = lines.map((line) => line.replaceAll(/"(asOf|inferredAt)":"20\d\d/g, '"$1":"2001'))
  const kept = await capstan('import', await fileOf(older.join('\n')), '-o', 'json')
  expect(JSON.parse(kept.out), kept.err).toEqual({ rows: lines.length, keptNewer: lines.length })
  expect((await capstan('export')).out).toBe(before)
  const elsewhere = await startCliTestServer()
  onTestFinished(() => elsewhere.close())
  const there = (...args: string[]) => runCapstan(args, { environment: elsewhere.client })
  const moved = await there('import', await fileOf(before))
  expect(moved, moved.err).toMatchObject({ code: 0, out: `Imported ${lines.length} rows.\n` })
  expect((await there('export')).out).toBe(before)
})

test('import names faulty rows by line number, and reports a missing file', async () => {
  const [first = ''] = (await capstan('export')).out.split('\n')
  const future = first.replaceAll(/"(asOf|inferredAt)":"20\d\d/g, '"$1":"2999')
  const ran = await capstan('import', await fileOf(`${first}\n\n{"id":1}\n${future}\n`))
  expect(ran.code).toBe(2)
  expect(ran.err).toMatch(/line 3: id: .*line 4: provenance: is in the future/s)
  const missing = await capstan('import', '/nowhere/rows.ndjson')
  expect(missing.code).toBe(2)
  expect(missing.err).toContain('cannot be read')
})
