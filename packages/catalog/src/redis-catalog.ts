import type { Redis } from 'ioredis'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Page } from '@capstan/shared/contract/page'
import { decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import type { RedisKeys } from '@capstan/redis/keys'
import { openCatalogRows, parseRow, type CatalogRows, type RowChange } from './catalog-rows.ts'
import type { Catalog, CapabilityFilter, RowFreshness } from './catalog.ts'
import { CatalogIndex } from './in-process/catalog-index.ts'
import type { SemanticIndex } from './in-process/semantic-index.ts'
import { createLexicon, type Lexicon } from './lexicon.ts'
import { LocalSemanticIndex } from './local-semantic/local-semantic-index.ts'
import { collectFreshKeys } from './collect-fresh-keys.ts'
import { countFacets } from './count-facets.ts'
import { compileFilter } from './compile-filter.ts'
import { applyOverride } from './override/apply-override.ts'
import { parseOverride } from './override/override-store.ts'
import { serializeMetadata } from './type-metadata.ts'

export interface RedisCatalogOptions {
  /** Default: LocalSemanticIndex, which needs no model. */
  semanticIndex?: SemanticIndex | undefined
  /** Default: a lexicon of its own. */
  lexicon?: Lexicon | undefined
}

/** The default catalog: rows in Redis, and an in-process index that follows the change log. */
export function openRedisCatalog(
  redis: Redis,
  keys: RedisKeys,
  {
    lexicon = createLexicon(),
    semanticIndex = new LocalSemanticIndex(lexicon),
  }: RedisCatalogOptions = {},
): Catalog {
  const index = new CatalogIndex(redis, keys, { semanticIndex, lexicon })
  const rows = openCatalogRows(redis, keys)
  const listMatching = async (filter: CapabilityFilter): Promise<Capability[]> => {
    const found = await index.rows()
    const condition = compileFilter(filter)
    return condition ? found.filter(condition) : found
  }
  return {
    put: async (capabilities) => {
      const clusters = Map.groupBy(capabilities, (row) => row.cluster)
      for (const [cluster, found] of clusters) await putRows(rows, cluster, found)
    },
    get: async (cluster, resource) => (await rows.read(cluster, [resource])).flatMap(parseRow)[0],
    list: async (filter, page) =>
      readPage(await index.rows(), compileFilter(filter) ?? matchAll, page),
    count: async (filter) => (await listMatching(filter)).length,
    search: (query, filter, options) => index.search(query, filter, options),
    facets: async (filter) => countFacets(await listMatching(filter)),
    freshness: (cluster) => readFreshness(rows, cluster),
    contentKeys: async (cluster) => collectFreshKeys(await readFreshness(rows, cluster)),
    markStale: (cluster, resources, stale) =>
      updateRows(rows, cluster, resources, (row) => (row.stale === stale ? undefined : { stale })),
    setMetadata: (cluster, metadata) =>
      updateRows(rows, cluster, [...metadata.keys()], (row) => metadata.get(row.resource)),
    remove: async (cluster, resource) => (await removeRows(rows, cluster, [resource])) > 0,
    removeAll: async (cluster) => removeRows(rows, cluster, await rows.names(cluster)),
    reindex: (onProgress, signal) => index.rebuild(onProgress, signal),
    warnings: async () => index.warnings(),
    close: async () => index.close(),
  }
}

/**
 * Assumes no overrides at first, because nearly no type has one. The script returns the rows that have one; they are written
 * again with it.
 */
async function putRows(
  rows: CatalogRows,
  cluster: string,
  found: Capability[],
  overrides: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const { overridden } = await rows.write(
    cluster,
    found.map((row) => {
      const override = overrides.get(row.resource) ?? ''
      const shown = applyOverride(row, parseOverride(override))
      return { resource: row.resource, row: JSON.stringify(shown), override }
    }),
  )
  if (overridden.size === 0) return
  const withOverride = found.filter(({ resource }) => overridden.has(resource))
  await putRows(rows, cluster, withOverride, overridden)
}

async function removeRows(
  rows: CatalogRows,
  cluster: string,
  resources: string[],
): Promise<number> {
  const changes = resources.map((resource) => ({ resource, row: '' }))
  return (await rows.write(cluster, changes)).existed
}

async function readFreshness(rows: CatalogRows, cluster: string): Promise<RowFreshness[]> {
  const freshness = await rows.mapAll(cluster, (row): RowFreshness => {
    const { resource, stale, provenance } = row
    const { contentKey, inferredAt, asOf = inferredAt } = provenance
    return { resource, contentKey, asOf, stale, metadata: serializeMetadata(row) }
  })
  return freshness.toSorted((a, b) => (a.resource < b.resource ? -1 : 1))
}

function matchAll(): boolean {
  return true
}

/** Filters ordered rows from the cursor up to the end of the page, so that reading all pages filters each row once. */
function readPage(
  rows: Capability[],
  matches: (row: Capability) => boolean,
  { limit, cursor }: { limit: number; cursor?: string },
): Page<Capability> {
  const from = cursor === undefined ? 0 : findFirstAfter(rows, decodeCursor(cursor))
  const found: Capability[] = []
  for (let index = from; index < rows.length && found.length <= limit; index += 1) {
    const row = rows[index]
    if (row && matches(row)) found.push(row)
  }
  const data = found.slice(0, limit)
  const last = data.at(-1)
  const nextCursor = found.length > limit && last ? encodeCursor(sortKey(last)) : null
  return { data, page: { limit, nextCursor } }
}

/** Index of the first row with a greater key. */
function findFirstAfter(rows: Capability[], key: string): number {
  let from = 0
  let to = rows.length
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    const row = rows[middle]
    if (row && sortKey(row) <= key) from = middle + 1
    else to = middle
  }
  return from
}

function sortKey(row: Capability): string {
  return `${row.cluster}\u0000${row.resource}`
}

/** Changes fields of rows. A row that a worker replaced since it was read here is not changed. */
async function updateRows(
  rows: CatalogRows,
  cluster: string,
  resources: string[],
  createChange: (row: Capability) => Partial<Capability> | undefined,
): Promise<void> {
  const texts = await rows.read(cluster, resources)
  const changes = texts.flatMap((text): RowChange[] => {
    const [row] = parseRow(text)
    const change = row && createChange(row)
    if (text === null || !change) return []
    const changed = JSON.stringify({ ...row, ...change })
    return [{ resource: row.resource, row: changed, replacing: text }]
  })
  await rows.write(cluster, changes)
}
