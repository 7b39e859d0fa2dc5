import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { scaled } from '@capstan/testkit/scaled'
import { splitNdjson } from '../../src/capabilities/import-parts.ts'
import { importRows } from '../../src/capabilities/import-rows.ts'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const NDJSON = 'application/x-ndjson'
const PATH = '/api/v1/capabilities/import'

const rows = (count: number): Capability[] =>
  Array.from({ length: count }, (_, index) => makeCapability({ kind: `Kind${index}` }))

const lines = (of: unknown[]): string => of.map((row) => JSON.stringify(row)).join('\n')

const send = (rig: ApiRig, body: string, type = NDJSON, query = ''): Promise<Response> =>
  rig.ask(`${PATH}${query}`, { method: 'POST', body, headers: { 'content-type': type } })

/** Creates a row that was inferred at this time. */
function createRow(inferredAt: string, description: string): Capability {
  const row = makeCapability({ description })
  return { ...row, provenance: { ...row.provenance, inferredAt, asOf: inferredAt } }
}

test('an export can be imported completely as NDJSON and as JSON', async () => {
  const from = await startRig()
  await from.deps.catalog.put(rows(5))
  for (const [format, type] of [
    ['ndjson', NDJSON],
    ['json', 'application/json'],
  ] as const) {
    const exported = await (await from.ask(`/api/v1/capabilities/export?format=${format}`)).text()
    const to = await startRig()
    const imported = await send(to, exported, type)
    expect(imported.status, format).toBe(200)
    expect(await imported.json()).toEqual({ rows: 5, keptNewer: 0 })
    const there = await to.ask(`/api/v1/capabilities/export?format=${format}`)
    expect(await there.text()).toBe(exported)
  }
})

test('a row without worker and attempt is imported with null for both', async () => {
  const rig = await startRig()
  const [row] = rows(1)
  if (!row) throw new Error('no row')
  const { worker: _worker, attempt: _attempt, ...provenance } = row.provenance
  expect((await send(rig, lines([{ ...row, provenance }]))).status).toBe(200)
  const stored = await rig.deps.catalog.get(row.cluster, row.resource)
  expect(stored?.provenance).toMatchObject({ ...provenance, worker: null, attempt: null })
})

test('an imported row has an empty use case only when its answer is curated or rule-based', async () => {
  const rig = await startRig()
  const rules = makeCapability({ useCase: '' })
  expect((await send(rig, lines([rules]))).status).toBe(200)
  const curated = { ...rules, provenance: { ...rules.provenance, provider: 'curated' } }
  expect((await send(rig, lines([curated]))).status).toBe(200)
  expect((await rig.deps.catalog.get(rules.cluster, rules.resource))?.useCase).toBe('')
  const ofModel = { ...rules, provenance: { ...rules.provenance, provider: 'anthropic' } }
  const refused = await send(rig, lines([ofModel]))
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({
    errors: [{ detail: expect.stringContaining('useCase: is empty') as string }],
  })
})

test('an import in a format without complete rows is rejected with a hint to NDJSON', async () => {
  const rig = await startRig()
  await rig.deps.catalog.put(rows(1))
  for (const format of ['csv', 'md', 'yaml']) {
    const exported = await rig.ask(`/api/v1/capabilities/export?format=${format}`)
    const type = exported.headers.get('content-type') ?? ''
    const refused = await send(rig, await exported.text(), type)
    expect(refused.status, format).toBe(415)
    expect(await refused.json()).toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      hint: expect.stringContaining('format=ndjson') as string,
    })
  }
  const object = await send(rig, JSON.stringify(rows(1)[0]), 'application/json')
  expect(object.status).toBe(400)
})

test('an import with one invalid row is rejected as a whole, with the position of each fault', async () => {
  const rig = await startRig()
  const [good, other] = rows(2)
  const bad = [
    { ...other, confidence: 7 },
    { ...other, id: good?.id },
    createRow('2999-01-01T00:00:00.000Z', 'of the future'),
    'not a row',
  ]
  const asLines = await send(rig, lines([good, ...bad]), NDJSON, '?firstLine=11')
  expect(asLines.status).toBe(422)
  const { errors } = (await asLines.json()) as { errors: { pointer: string; detail: string }[] }
  expect(errors.map(({ pointer }) => pointer)).toEqual(['#/11', '#/12', '#/13', '#/14'])
  expect(errors.map(({ detail }) => detail.split(':').slice(0, 2).join(':'))).toEqual([
    'line 12: confidence',
    'line 13: id',
    'line 14: provenance',
    'line 15: row',
  ])
  const asList = await send(rig, JSON.stringify([good, ...bad]), 'application/json')
  expect(await asList.json()).toMatchObject({ errors: [{ pointer: '#/1' }, {}, {}, {}] })
  expect(await rig.deps.catalog.count({})).toBe(0)
})

/** Sends a streamed body without Content-Length. */
function streamed(rig: ApiRig, body: AsyncIterable<Uint8Array>): Promise<Response> {
  const headers = { 'content-type': NDJSON }
  return rig.ask(PATH, { method: 'POST', body: ReadableStream.from(body), headers, duplex: 'half' })
}

test('an export of 5,000 rows can be piped into one import request of an empty catalog', async () => {
  const [from, to] = [await startRig(), await startRig()]
  await from.deps.catalog.put(rows(5_000))
  const exported = await from.ask('/api/v1/capabilities/export')
  if (!exported.body) throw new Error('no export')
  const imported = await streamed(to, exported.body)
  expect(await imported.json()).toEqual({ rows: 5_000, keptNewer: 0 })
  const [sent, stored] = await Promise.all(
    [from, to].map(async (rig) => (await rig.ask('/api/v1/capabilities/export')).text()),
  )
  expect(stored === sent).toBe(true)
})

/** Many parts of an import. */
const MANY = scaled(3_000, 20_000)
/** Chunks of 64 KiB of blank lines. */
const CHUNKS = scaled(128, 1_024)

test('an import of thousands of rows of one type writes the newest row of each part and counts the others as older', async () => {
  const { deps } = await startRig()
  const at = (second: number): string => new Date(Date.UTC(2026, 10, 1) + second).toISOString()
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let second = MANY; second > 0; second -= 1) {
      yield Buffer.from(`${JSON.stringify(createRow(at(second), `as of ${second}`))}\n`)
    }
  }
  const counts = { parts: 0, written: 0, read: 0 }
  const catalog: typeof deps.catalog = {
    ...deps.catalog,
    put: async (part) => {
      counts.parts += 1
      counts.written += part.length
      await deps.catalog.put(part)
    },
    get: (cluster, resource) => {
      counts.read += 1
      return deps.catalog.get(cluster, resource)
    },
  }
  const parts = splitNdjson(body(), { maxBytes: Infinity, firstLine: 1 })
  expect(await importRows(catalog, parts)).toEqual({ rows: MANY, keptNewer: MANY - 1 })
  expect(counts).toEqual({ parts: counts.parts, written: counts.parts, read: counts.parts })
  const { cluster, resource } = createRow(at(1), '')
  expect((await deps.catalog.get(cluster, resource))?.description).toBe(`as of ${MANY}`)
})

test('an import of many MiB of blank lines has no rows and keeps correct line numbers', async () => {
  const chunk = Buffer.alloc(64 * 1024, '\n')
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < CHUNKS; count += 1) yield chunk
    yield Buffer.from('not a row\n')
  }
  const parts = []
  for await (const part of splitNdjson(body(), { maxBytes: Infinity, firstLine: 5 })) {
    parts.push(part)
  }
  const line = 5 + CHUNKS * chunk.length
  expect(parts).toEqual([[{ pointer: `#/${line - 1}`, line, row: undefined }]])
})

test('an import of any length holds at most one part in memory', async () => {
  const { deps } = await startRig()
  const counts = { made: 0, stored: 0, most: 0 }
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const row of rows(3_000)) {
      const text = Buffer.from(`${JSON.stringify(row)}\n`)
      counts.made += text.length
      counts.most = Math.max(counts.most, counts.made - counts.stored)
      yield text
    }
  }
  const catalog: typeof deps.catalog = {
    ...deps.catalog,
    put: async (part) => {
      await deps.catalog.put(part)
      counts.stored += lines(part).length
    },
  }
  const parts = splitNdjson(body(), { maxBytes: Infinity, firstLine: 1 })
  expect(await importRows(catalog, parts)).toEqual({ rows: 3_000, keptNewer: 0 })
  expect(counts.made).toBeGreaterThan(8 * 256 * 1024)
  expect(counts.most).toBeLessThan(2 * 256 * 1024)
})

test('an invalid row rejects its part and all later parts, and the problem reports the number of stored rows', async () => {
  const rig = await startRig()
  const all: unknown[] = rows(1_000)
  all[700] = 'not a row'
  all[900] = 'nor this'
  const refused = await send(rig, lines(all))
  expect(refused.status).toBe(422)
  const stored = await rig.deps.catalog.count({})
  expect(stored).toBeGreaterThan(100)
  expect(stored).toBeLessThan(701)
  expect(await refused.json()).toMatchObject({
    detail: `The import has invalid rows; only the first ${stored} rows were stored`,
    errors: [{ pointer: '#/700' }, { pointer: '#/900' }],
  })
})

test('an import above the limit is rejected by its Content-Length before it is read, with hints', async () => {
  const rig = await startRig({ importBytes: 300_000 })
  const large = lines(rows(400))
  expect(Buffer.byteLength(large)).toBeGreaterThan(300_000)
  const sized = await send(rig, large)
  expect(await rig.deps.catalog.count({})).toBe(0)
  const unsized = await streamed(rig, Readable.from([Buffer.from(large)]))
  for (const refused of [sized, unsized]) {
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      detail: 'An NDJSON import has at most 0.29 MiB',
      hint: expect.stringMatching(/capstan import.*CAPSTAN_IMPORT_BYTES/) as string,
    })
  }
})

test('a JSON list above 256 KiB is rejected with a hint to NDJSON', async () => {
  const rig = await startRig()
  const refused = await send(rig, JSON.stringify(rows(400)), 'application/json')
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({
    detail: 'A JSON import has at most 256 KiB',
    hint: expect.stringContaining('format=ndjson') as string,
  })
})

test('a line without an end is rejected and not buffered', async () => {
  const rig = await startRig()
  const refused = await send(rig, 'x'.repeat(600_000))
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({
    detail: 'A line of the import is longer than 256 KiB',
  })
})

test('an import replaces older rows and never newer rows', async () => {
  const rig = await startRig()
  const now = createRow('2026-11-20T00:00:00.000Z', 'what is known')
  await rig.deps.catalog.put([now])
  const known = async () => (await rig.deps.catalog.get(now.cluster, now.resource))?.description
  const older = await send(rig, lines([createRow('2026-11-19T00:00:00.000Z', 'older')]))
  expect(await older.json()).toEqual({ rows: 1, keptNewer: 1 })
  expect(await known()).toBe('what is known')
  const newer = await send(rig, lines([createRow('2026-11-21T00:00:00.000Z', 'newer')]))
  expect(await newer.json()).toEqual({ rows: 1, keptNewer: 0 })
  expect(await known()).toBe('newer')
})

test('an import needs a token of scope admin', async () => {
  const rig = await startRig({
    tokens: parseTokens('ci:read+scan:ci-token-0123456789abcdef'),
  })
  const refused = await rig.ask(PATH, {
    method: 'POST',
    body: lines(rows(1)),
    headers: { 'content-type': NDJSON, authorization: 'Bearer ci-token-0123456789abcdef' },
  })
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN' })
})
