import { z } from 'zod'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { JournalStore } from '../journal-store.ts'
import { compareSortKeys, encodeSortKey, decodeSortKey, type SortKey } from './sort-key.ts'
import type { Journal } from '../types.ts'

type ItemQuery = Parameters<Journal['items']>[1]

interface NamePage {
  names: string[]
  nextCursor: string | null
}

const Worked = z.object({ d: z.number().default(-1) })

const CHUNK = 500

/**
 * Reads the names of one page of items. A query by status alone is ordered by the time of arrival in that status. Sorting by
 * name or duration (longest first) and searching read all names, which takes some ms for 10,000 items.
 */
export async function readItemPage(
  store: JournalStore,
  scanId: string,
  query: ItemQuery,
): Promise<NamePage> {
  const after = query.cursor === undefined ? undefined : decodeSortKey(query.cursor)
  if (query.status && !query.sort && !query.q) {
    return cut(
      await arrived(store, scanId, query.status, { limit: query.limit, after }),
      query.limit,
    )
  }
  const names = await listNames(store, scanId, query)
  const places =
    query.sort === 'duration'
      ? await byDuration(store, scanId, names)
      : names.map((name) => ({ by: 0, name }))
  const rest = places
    .filter((place) => after === undefined || compareSortKeys(place, after) > 0)
    .toSorted(compareSortKeys)
  return cut(rest, query.limit)
}

async function listNames(
  { redis, keys }: JournalStore,
  scanId: string,
  { status, q = '' }: ItemQuery,
): Promise<string[]> {
  const names = status
    ? (await redis.zrange(keys.scanStatus(scanId, status), 0, '-1')).map(String)
    : await redis.hkeys(keys.scanItems(scanId))
  const part = q.trim().toLowerCase()
  return part === '' ? names : names.filter((name) => name.toLowerCase().includes(part))
}

/** Reads `limit` + 1 entries, so that the caller sees whether there is a next page. Scores are unique within a set. */
async function arrived(
  { redis, keys }: JournalStore,
  scanId: string,
  status: ItemStatus,
  { limit, after }: { limit: number; after: SortKey | undefined },
): Promise<SortKey[]> {
  const from = after === undefined ? '-inf' : `(${after.by}`
  const key = keys.scanStatus(scanId, status)
  const flat = await redis.zrangebyscore(key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  const places: SortKey[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    places.push({ by: Number(flat[index + 1]), name: flat[index] ?? '' })
  }
  return places
}

async function byDuration(
  { redis, keys }: JournalStore,
  scanId: string,
  names: string[],
): Promise<SortKey[]> {
  const places: SortKey[] = []
  for (let from = 0; from < names.length; from += CHUNK) {
    const chunk = names.slice(from, from + CHUNK)
    const states = await redis.hmget(keys.scanStates(scanId), ...chunk)
    for (const [index, name] of chunk.entries()) {
      const { d } = Worked.parse(JSON.parse(states[index] ?? '{}'))
      places.push({ by: -d, name })
    }
  }
  return places
}

function cut(places: SortKey[], limit: number): NamePage {
  const last = places[limit - 1]
  return {
    names: places.slice(0, limit).map(({ name }) => name),
    nextCursor: last && places.length > limit ? encodeSortKey(last) : null,
  }
}
