import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })

beforeAll(async () => {
  // The suspicious answer has low confidence.
  const faults = [{ kind: 'injection-echo' as const, matching: 'ComponentStatus' }]
  server = await startCliTestServer({ faults })
  await capstan('scan', '*.apps', 'events', 'componentstatuses', '-q')
})
afterAll(() => server.close())

const TYPE = 'deployments.apps'
const row = async () =>
  JSON.parse((await capstan('describe', 'capability', TYPE, '-o', 'json')).out) as object

test('an override is shown, searchable, kept by a full scan, and can be removed', async () => {
  const inferred = await row()
  const words = ['--capabilities', 'rolling releases', '--complexity', 'high', '--note', 'ours']
  const set = await capstan('override', 'Deployment', ...words)
  expect(set).toMatchObject({ code: 0, err: '' })
  expect(set.out).toMatch(/capabilities, complexity set by token:boss at .* \(ours\)/)
  const scanned = await capstan('scan', TYPE, '--full', '-q')
  expect(scanned.code, scanned.err).toBe(0)
  expect(await row()).toMatchObject({
    capabilities: ['rolling releases'],
    complexity: 'high',
    override: { by: 'token:boss', note: 'ours' },
  })
  const found = await capstan('search', 'rolling', 'releases', '-o', 'name')
  expect(found.out.split('\n')[0]).toBe(TYPE)
  const removed = await capstan('override', TYPE, '--remove')
  expect(removed.code, removed.err).toBe(0)
  const { capabilities, complexity } = inferred as { capabilities: string[]; complexity: string }
  expect(await row()).toMatchObject({ capabilities, complexity, override: null })
})

test('invalid override options are reported before any request', async () => {
  const nothing = await capstan('override', TYPE)
  expect(nothing.code).toBe(2)
  expect(nothing.err).toContain('--complexity')
  const both = await capstan('override', TYPE, '--remove', '--note', 'x')
  expect(both.code).toBe(2)
  const unknown = await capstan('override', 'nothings.example', '--complexity', 'low')
  expect(unknown.err).toContain('get capabilities')
})

test('get capabilities --low-confidence lists exactly the types with low confidence', async () => {
  const rows = async (...words: string[]) =>
    (await capstan('get', 'capabilities', '-o', 'ndjson', ...words)).out.split('\n').filter(Boolean)
  const flagged = (await rows()).filter((line) => line.includes('"lowConfidence":true'))
  const all = await rows()
  expect(flagged.length).toBeGreaterThan(0)
  expect(flagged.length).toBeLessThan(all.length)
  expect(await rows('--low-confidence')).toEqual(flagged)
})
