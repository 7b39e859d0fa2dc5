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
  /** JSON; empty removes. */
  row: string
  /** Nothing is written unless this is still the row. */
  replacing?: string
  /** What a person says of the type, as stored, when the row shows it. */
  override?: string
}

export interface WriteResult {
  /** How many of the written rows there were before. */
  existed: number
  /** Not written, because a person says something else by now: as stored, or empty for nothing any more. */
  overridden: Map<string, string>
}

/** The rows of all clusters in Redis. Every write is noted in the change log in the same step. */
export interface CatalogRows {
  write(cluster: string, changes: RowChange[]): Promise<WriteResult>
  /** As stored, null for an absent one, in the order asked for. */
  texts(cluster: string, resources: string[]): Promise<(string | null)[]>
  /** What `read` returns for each row, in no order. */
  readAll<T>(cluster: string, read: (row: Capability) => T): Promise<T[]>
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
        const chunk = changes.slice(start, start + WRITE_CHUNK).flatMap(changeArguments)
        const reply = await putScript.run(redis, names, [cluster, ...chunk])
        const [existed, ...others] = PutReply.parse(reply)
        written.existed += existed
        for (let at = 0; at < others.length; at += 2) {
          written.overridden.set(others[at] ?? '', others[at + 1] ?? '')
        }
      }
      return written
    },
    texts: async (cluster, resources) =>
      resources.length === 0 ? [] : redis.hmget(keys.capabilities(cluster), ...resources),
    readAll: async (cluster, read) => parseAll(await redis.hvals(keys.capabilities(cluster)), read),
    names: (cluster) => redis.hkeys(keys.capabilities(cluster)),
  }
}

function changeArguments({ resource, row, replacing = '', override = '' }: RowChange): string[] {
  return [resource, row, replacing, override]
}

/** Thousands of rows take a second to parse. */
async function parseAll<T>(texts: string[], read: (row: Capability) => T): Promise<T[]> {
  const all: T[] = []
  const slice = startTimeSlice()
  for (const text of texts) {
    if (slice.isOver) await slice.next()
    all.push(...parseRow(text).map(read))
  }
  return all
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
