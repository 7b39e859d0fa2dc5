import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { luaScript } from '@capstan/shared/redis/lua-script'

const putScript = luaScript(new URL('./put.lua', import.meta.url))
const WRITE_CHUNK = 500

export interface RowChange {
  resource: string
  /** JSON; empty removes. */
  row: string
  /** Nothing is written unless this is still the row. */
  replacing?: string
}

/** The rows of all clusters in Redis. Every write is noted in the change log in the same step. */
export interface CatalogRows {
  /** Answers how many of the written rows existed before. */
  write(cluster: string, changes: RowChange[]): Promise<number>
  /** As stored, null for an absent one, in the order asked for. */
  texts(cluster: string, resources: string[]): Promise<(string | null)[]>
  all(cluster: string): Promise<Capability[]>
  names(cluster: string): Promise<string[]>
}

export function openCatalogRows(redis: Redis, keys: RedisKeys): CatalogRows {
  return {
    write: async (cluster, changes) => {
      let existed = 0
      const rows = [
        keys.capabilities(cluster),
        keys.capabilityClusters,
        keys.catalogGeneration,
        keys.catalogChanges,
      ]
      for (let start = 0; start < changes.length; start += WRITE_CHUNK) {
        const chunk = changes
          .slice(start, start + WRITE_CHUNK)
          .flatMap(({ resource, row, replacing }) => [resource, row, replacing ?? ''])
        existed += z.int().parse(await putScript.run(redis, rows, [cluster, ...chunk]))
      }
      return existed
    },
    texts: async (cluster, resources) =>
      resources.length === 0 ? [] : redis.hmget(keys.capabilities(cluster), ...resources),
    all: async (cluster) => (await redis.hvals(keys.capabilities(cluster))).flatMap(parseRow),
    names: (cluster) => redis.hkeys(keys.capabilities(cluster)),
  }
}

const StoredRow = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(Capability)

/** One row, or none: a row of a version unknown here must not take all others with it. */
export function parseRow(text: string | null): Capability[] {
  const { success, data } = StoredRow.safeParse(text)
  return success ? [data] : []
}
