import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import { decodeCursor, encodeCursor } from '@capstan/shared/journal/cursor'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { luaScript } from '@capstan/shared/redis/lua-script'
import { CatalogIndex } from './catalog-index.ts'
import type { Catalog } from './catalog.ts'
import { countFacets } from './count-facets.ts'
import { matchesFilter } from './matches-filter.ts'

const putScript = luaScript(new URL('./put.lua', import.meta.url))
const PUT_CHUNK = 500

/** The default catalog: rows in Redis, an index of them in this process that follows the change log. */
export function openRedisCatalog(redis: Redis, keys: RedisKeys): Catalog {
  const index = new CatalogIndex(redis, keys)
  const write = async (cluster: string, pairs: [string, string][]): Promise<number> => {
    let existed = 0
    const rows = [
      keys.capabilities(cluster),
      keys.capabilityClusters,
      keys.catalogGeneration,
      keys.catalogChanges,
    ]
    for (let start = 0; start < pairs.length; start += PUT_CHUNK) {
      const chunk = pairs.slice(start, start + PUT_CHUNK).flat()
      existed += z.int().parse(await putScript.run(redis, rows, [cluster, ...chunk]))
    }
    return existed
  }
  const read = async (cluster: string, resource: string): Promise<Capability | undefined> => {
    const row = await redis.hget(keys.capabilities(cluster), resource)
    return row === null ? undefined : Capability.parse(JSON.parse(row))
  }
  const all = async (cluster: string): Promise<Capability[]> =>
    (await redis.hvals(keys.capabilities(cluster))).map((row) => Capability.parse(JSON.parse(row)))
  return {
    put: async (capabilities) => {
      for (const [cluster, rows] of Map.groupBy(capabilities, (row) => row.cluster)) {
        await write(
          cluster,
          rows.map((row) => [row.resource, JSON.stringify(row)]),
        )
      }
    },
    get: read,
    list: async (filter, { limit, cursor }) => {
      const after = cursor === undefined ? '' : decodeCursor(cursor)
      const rows = await index.rows()
      const rest = rows.filter((row) => sortKey(row) > after && matchesFilter(row, filter))
      const data = rest.slice(0, limit)
      const last = data.at(-1)
      return {
        data,
        page: {
          limit,
          nextCursor: rest.length > limit && last ? encodeCursor(sortKey(last)) : null,
        },
      }
    },
    count: async (filter) =>
      (await index.rows()).filter((row) => matchesFilter(row, filter)).length,
    search: (query, filter, limit) => index.search(query, filter, limit),
    facets: async (filter) =>
      countFacets((await index.rows()).filter((row) => matchesFilter(row, filter))),
    contentKeys: async (cluster) =>
      new Map(
        (await all(cluster))
          .filter((row) => !row.stale)
          .map((row) => [row.resource, row.provenance.contentKey]),
      ),
    markStale: async (cluster, resources, stale) => {
      const rows = await Promise.all(resources.map((resource) => read(cluster, resource)))
      const changed = rows.filter((row) => row !== undefined && row.stale !== stale)
      await write(
        cluster,
        changed.flatMap((row): [string, string][] =>
          row ? [[row.resource, JSON.stringify({ ...row, stale })]] : [],
        ),
      )
    },
    remove: async (cluster, resource) => (await write(cluster, [[resource, '']])) > 0,
    removeAll: async (cluster) => {
      const resources = await redis.hkeys(keys.capabilities(cluster))
      return write(
        cluster,
        resources.map((resource) => [resource, '']),
      )
    },
    close: async () => {},
  }
}

function sortKey(row: Capability): string {
  return `${row.cluster}\u0000${row.resource}`
}
