import type { WorstRequest, WorstRequests } from './worst-request.ts'
import { makeWorstRow } from './worst-row.ts'

const json = (body: unknown): { body: string } => ({ body: JSON.stringify(body) })
const NDJSON = 'application/x-ndjson'
const IMPORT = '/api/v1/capabilities/import'
const CHUNK_BYTES = 64 * 1024
const SAME_ROWS = 20_000
/** Maximum characters of a query. */
const QUERY = 2_000

/** Expensive queries, by cause. Each one has all 2,000 characters. */
export const WORST_QUERIES = [
  // Words that differ in one letter from those of all rows.
  buildWords((index) => `widgetxa${index.toString(36).padStart(4, 'q')}`),
  // Prefixes of a word of every row.
  buildWords((index) => `widget${'abcdef'.slice(0, index % 7)}${index > 6 ? index : ''}`),
  'w'.repeat(QUERY),
  'aB'.repeat(QUERY / 2),
  buildWords(
    (index) => ['backups', 'database', 'storage', 'service', 'runs', 'daemon'][index % 6] ?? '',
  ),
  '. '.repeat(QUERY / 2 - 1).concat('w'),
]

/** Routes of the catalog. */
export const CAPABILITY_REQUESTS: WorstRequests = {
  'POST /api/v1/capabilities/import': () => [
    { path: IMPORT, type: NDJSON, body: sameRows },
    { path: IMPORT, type: NDJSON, body: blankLines },
    { path: IMPORT, type: NDJSON, body: `${'['.repeat(100_000)}${']'.repeat(100_000)}\n` },
    { path: IMPORT, type: NDJSON, body: `${'{"a":1}\n'.repeat(30_000)}` },
    { path: IMPORT, ...json(Array.from({ length: 250 }, (_, index) => makeWorstRow(index))) },
    { path: IMPORT, ...json(Array.from({ length: 100_000 }, () => 1)) },
  ],
  'GET /api/v1/capabilities': () => [
    { path: '/api/v1/capabilities?limit=200' },
    { path: '/api/v1/capabilities?limit=200&provider=none&minConfidence=1&lowConfidence=true' },
  ],
  'GET /api/v1/capabilities/compare': () => [
    { path: '/api/v1/capabilities/compare?limit=200&cluster=worst&with=worst' },
    { path: '/api/v1/capabilities/compare?limit=200&cluster=worst&with=default' },
  ],
  'GET /api/v1/capabilities/facets': () => [{ path: '/api/v1/capabilities/facets' }],
  'GET /api/v1/capabilities/search': () =>
    WORST_QUERIES.map((q) => ({
      path: `/api/v1/capabilities/search?limit=100&q=${encodeURIComponent(q)}`,
    })),
  'POST /api/v1/capabilities/search': () =>
    WORST_QUERIES.flatMap((q) =>
      ['keyword', 'semantic', 'hybrid'].map((mode) => ({
        path: '/api/v1/capabilities/search',
        ...json({ q, mode, limit: 100 }),
      })),
    ),
  'GET /api/v1/capabilities/export': () =>
    ['ndjson', 'json', 'yaml', 'csv', 'md'].map((format) => ({
      path: `/api/v1/capabilities/export?format=${format}`,
    })),
  'GET /api/v1/capabilities/removed': () => [{ path: '/api/v1/capabilities/removed' }],
  'DELETE /api/v1/capabilities/removed': () => [{ path: '/api/v1/capabilities/removed' }],
  'GET /api/v1/capabilities/:resource': ({ types }) => spellings('/api/v1/capabilities/', types),
  'PUT /api/v1/capabilities/:resource/override': () => [
    {
      path: `/api/v1/capabilities/${makeWorstRow(1).resource}/override?cluster=worst`,
      ...json({ fields: { description: 'x'.repeat(500) }, note: 'x'.repeat(500) }),
    },
  ],
  'DELETE /api/v1/capabilities/:resource/override': () => [
    { path: `/api/v1/capabilities/${makeWorstRow(1).resource}/override?cluster=worst` },
  ],
  'DELETE /api/v1/capabilities/:resource': ({ types }) => spellings('/api/v1/capabilities/', types),
  'POST /api/v1/capabilities/reindex': () => [{ path: '/api/v1/capabilities/reindex' }],
  'GET /api/v1/capabilities/reindex': () => [{ path: '/api/v1/capabilities/reindex' }],
  'GET /api/v1/resources': () => [
    { path: '/api/v1/resources?limit=200' },
    { path: `/api/v1/resources?limit=200&q=${'w'.repeat(253)}` },
    { path: '/api/v1/resources?limit=200&capability=stale&cluster=default' },
  ],
  'GET /api/v1/resources/:resource': ({ types }) => spellings('/api/v1/resources/', types),
  'GET /api/v1/resources/:resource/example': ({ types }) =>
    types.slice(0, 3).map((type) => ({ path: `/api/v1/resources/${type}/example` })),
}

/** Unknown names that are similar to all types. */
function spellings(path: string, types: string[]): WorstRequest[] {
  const near = types[0]?.replace('00000', 'x00x') ?? ''
  return [near, near.slice(0, -3), 'w'.repeat(500)].map((name) => ({ path: `${path}${name}` }))
}

function buildWords(word: (index: number) => string): string {
  let text = ''
  for (let index = 0; text.length < QUERY; index += 1) text += `${word(index)} `
  return text.slice(0, QUERY).trim()
}

/** 20,000 rows of one type, each newer than the previous one. */
async function* sameRows(): AsyncGenerator<Uint8Array> {
  const row = makeWorstRow(0)
  for (let second = 0; second < SAME_ROWS; second += 1) {
    const inferredAt = new Date(Date.UTC(2026, 9, 1) + second * 1_000).toISOString()
    const provenance = { ...row.provenance, inferredAt }
    yield Buffer.from(`${JSON.stringify({ ...row, provenance })}\n`)
  }
}

/** Just below the limit of 64 MiB for an import. */
async function* blankLines(): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK_BYTES, '\n')
  for (let count = 0; count < 1_023; count += 1) yield chunk
}
