import type { Redis } from 'ioredis'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Page } from '@capstan/shared/contract/page'
import { decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import type { RedisKeys } from '@capstan/redis/keys'
import { openCatalogRows, parseRow, type CatalogRows, type RowChange } from './catalog-rows.ts'
import type { Catalog, CapabilityFilter, RowFreshness } from './catalog.ts'
import { CatalogIndex } from './in-process/catalog-index.ts'
import type { SemanticIndex } from './in-process/semantic-index.ts'
import { LocalSemanticIndex } from './local-semantic/local-semantic-index.ts'
import { collectFreshKeys } from './collect-fresh-keys.ts'
import { countFacets } from './count-facets.ts'
import { compileFilter } from './compile-filter.ts'
import { applyOverride } from './override/apply-override.ts'
import { parseOverride } from './override/override-store.ts'
import { serializeMetadata } from './type-metadata.ts'

/** The default catalog: rows in Redis, an index of them in this process that follows the change log. */
export function openRedisCatalog(
  redis: Redis,
  keys: RedisKeys,
  meaning: SemanticIndex = new LocalSemanticIndex(),
): Catalog {
  const index = new CatalogIndex(redis, keys, meaning)
  const rows = openCatalogRows(redis, keys)
  const matching = async (filter: CapabilityFilter): Promise<Capability[]> => {
    const found = await index.rows()
    const condition = compileFilter(filter)
    return condition ? found.filter(condition) : found
  }
  return {
    put: async (capabilities) => {
      const clusters = Map.groupBy(capabilities, (row) => row.cluster)
      for (const [cluster, found] of clusters) await putRows(rows, cluster, found)
    },
    get: async (cluster, resource) => (await rows.texts(cluster, [resource])).flatMap(parseRow)[0],
    list: async (filter, page) =>
      pageOf(await index.rows(), compileFilter(filter) ?? passesAll, page),
    count: async (filter) => (await matching(filter)).length,
    search: (query, filter, options) => index.search(query, filter, options),
    facets: async (filter) => countFacets(await matching(filter)),
    freshness: (cluster) => readFreshness(rows, cluster),
    contentKeys: async (cluster) => collectFreshKeys(await readFreshness(rows, cluster)),
    markStale: (cluster, resources, stale) =>
      amend(rows, cluster, resources, (row) => (row.stale === stale ? undefined : { stale })),
    setMetadata: (cluster, metadata) =>
      amend(rows, cluster, [...metadata.keys()], (row) => metadata.get(row.resource)),
    remove: async (cluster, resource) => (await removeRows(rows, cluster, [resource])) > 0,
    removeAll: async (cluster) => removeRows(rows, cluster, await rows.names(cluster)),
    reindex: (onProgress, signal) => index.rebuild(onProgress, signal),
    warnings: async () => index.warnings(),
    close: async () => index.close(),
  }
}

/** No override is assumed, because nearly no type has one; the step that writes says who has. */
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
  const missed = found.filter(({ resource }) => overridden.has(resource))
  await putRows(rows, cluster, missed, overridden)
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
  const freshness = await rows.readAll(cluster, (row): RowFreshness => {
    const { resource, stale, provenance } = row
    const { contentKey, inferredAt, asOf = inferredAt } = provenance
    return { resource, contentKey, asOf, stale, metadata: serializeMetadata(row) }
  })
  return freshness.toSorted((a, b) => (a.resource < b.resource ? -1 : 1))
}

function passesAll(): boolean {
  return true
}

/** Of ordered rows; only those of the page are tested and copied, so that reading all pages tests each row once. */
function pageOf(
  rows: Capability[],
  passes: (row: Capability) => boolean,
  { limit, cursor }: { limit: number; cursor?: string },
): Page<Capability> {
  const from = cursor === undefined ? 0 : firstAfter(rows, decodeCursor(cursor))
  const found: Capability[] = []
  for (let place = from; place < rows.length && found.length <= limit; place += 1) {
    const row = rows[place]
    if (row && passes(row)) found.push(row)
  }
  const data = found.slice(0, limit)
  const last = data.at(-1)
  const nextCursor = found.length > limit && last ? encodeCursor(sortKey(last)) : null
  return { data, page: { limit, nextCursor } }
}

/** Place of the first row whose key is greater. */
function firstAfter(rows: Capability[], key: string): number {
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

/** A row that a worker has replaced meanwhile is left alone: the change is meant for the one read here. */
async function amend(
  rows: CatalogRows,
  cluster: string,
  resources: string[],
  changeOf: (row: Capability) => Partial<Capability> | undefined,
): Promise<void> {
  const texts = await rows.texts(cluster, resources)
  const changes = texts.flatMap((text): RowChange[] => {
    const [row] = parseRow(text)
    const change = row && changeOf(row)
    if (text === null || !change) return []
    const changed = JSON.stringify({ ...row, ...change })
    return [{ resource: row.resource, row: changed, replacing: text }]
  })
  await rows.write(cluster, changes)
}
