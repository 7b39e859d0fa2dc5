import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { startTimeSlice } from '@capstan/shared/async/time-slice'

const putScript = defineLuaScript(new URL('./put.lua', import.meta.url))
const WRITE_CHUNK = 500

export interface RowChange {
  resource: string
  /** JSON. Empty removes the row. */
  row: string
  /** The row is written only if this is the stored one. */
  replacing?: string
  /** The stored override that is applied to the row, if any. */
  override?: string
}

export interface WriteResult {
  /** Number of written rows that existed before. */
  existed: number
  /** Rows that were not written because their override has changed: the stored override by resource; empty for none. */
  overridden: Map<string, string>
}

/** The rows of all clusters in Redis. Each write appends to the change log in the same script. */
export interface CatalogRows {
  write(cluster: string, changes: RowChange[]): Promise<WriteResult>
  /** Stored rows in the order of `resources`; null for an absent one. */
  read(cluster: string, resources: string[]): Promise<(string | null)[]>
  /** Maps every row of a cluster, in no order. */
  mapAll<T>(cluster: string, map: (row: Capability) => T): Promise<T[]>
  names(cluster: string): Promise<string[]>
}

const PutReply = z.tuple([z.int()], z.string())

export function openCatalogRows(redis: Redis, keys: RedisKeys): CatalogRows {
  return {
    write: async (cluster, changes) => {
      const written: WriteResult = { existed: 0, overridden: new Map() }
      const names = [
        keys.capabilities(cluster),
        keys.capabilityClusters,
        keys.catalogGeneration,
        keys.catalogChanges,
        keys.overrides(cluster),
      ]
      for (let start = 0; start < changes.length; start += WRITE_CHUNK) {
        const chunk = changes.slice(start, start + WRITE_CHUNK).flatMap(toArguments)
        const reply = await putScript.run(redis, names, [cluster, ...chunk])
        const [existed, ...others] = PutReply.parse(reply)
        written.existed += existed
        for (let at = 0; at < others.length; at += 2) {
          written.overridden.set(others[at] ?? '', others[at + 1] ?? '')
        }
      }
      return written
    },
    read: async (cluster, resources) =>
      resources.length === 0 ? [] : redis.hmget(keys.capabilities(cluster), ...resources),
    mapAll: async (cluster, map) => parseAll(await redis.hvals(keys.capabilities(cluster)), map),
    names: (cluster) => redis.hkeys(keys.capabilities(cluster)),
  }
}

function toArguments({ resource, row, replacing = '', override = '' }: RowChange): string[] {
  return [resource, row, replacing, override]
}

/** Parses in time slices: thousands of rows take a second. */
async function parseAll<T>(texts: string[], map: (row: Capability) => T): Promise<T[]> {
  const all: T[] = []
  const slice = startTimeSlice()
  for (const text of texts) {
    if (slice.isOver) await slice.next()
    all.push(...parseRow(text).map(map))
  }
  return all
}

const StoredRow = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(Capability)

/** One row, or none for a row that cannot be parsed: a row of an unknown version must not hide the others. */
export function parseRow(text: string | null): Capability[] {
  const { success, data } = StoredRow.safeParse(text)
  return success ? [data] : []
}
