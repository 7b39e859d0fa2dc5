import type { ItemSort } from '@capstan/shared/contract/scan/item-sorts'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { JournalStore } from '../journal-store.ts'
import type { ItemQuery } from './item-query.ts'
import { compareSortKeys, encodeSortKey, decodeSortKey, type SortKey } from './sort-key.ts'
import { ITEM_SORT_VALUES, SortedState } from './item-sort-values.ts'

interface NamePage {
  names: string[]
  nextCursor: string | null
}

const CHUNK = 500
/** Order of items with one status, by the time of their last change. */
const ARRIVAL = 'arrival'

/**
 * Reads the names of one page of items. A query by status alone reads only the page. Other orders and filters read all names, and
 * those that compare states also all states: some ms for 1,000 items, in time slices.
 */
export async function readItemPage(
  store: JournalStore,
  scanId: string,
  query: ItemQuery,
): Promise<NamePage> {
  const { status, sort, q, reason, group } = query
  if (status && !sort && !q && reason === undefined && group === undefined)
    return readArrivals(store, scanId, status, query)
  const order: ItemSort = sort ?? 'resource'
  const after = query.cursor === undefined ? undefined : decodeSortKey(order, query.cursor)
  const names = await listNames(store, scanId, query)
  const sorted =
    order === 'resource' && reason === undefined
      ? names.map((name) => ({ by: 0, name }))
      : await readSortKeys(store, scanId, names, { order, reason })
  const rest = sorted
    .filter((key) => after === undefined || compareSortKeys(key, after) > 0)
    .toSorted(compareSortKeys)
  return cut(order, rest, query.limit)
}

async function listNames(
  { redis, keys }: JournalStore,
  scanId: string,
  { status, reason, group, q = '' }: ItemQuery,
): Promise<string[]> {
  if (reason !== undefined && status !== undefined && status !== 'failed') return []
  const chosen = reason === undefined ? status : 'failed'
  const names = chosen
    ? (await redis.zrange(keys.scanStatus(scanId, chosen), 0, '-1')).map(String)
    : await redis.hkeys(keys.scanItems(scanId))
  const part = q.trim().toLowerCase()
  return names.filter(
    (name) =>
      (group === undefined || readGroup(name) === group) &&
      (part === '' || name.toLowerCase().includes(part)),
  )
}

/** The group is the part after the first dot, because a plural has none. */
function readGroup(resource: string): string {
  const dot = resource.indexOf('.')
  return dot === -1 ? '' : resource.slice(dot + 1)
}

/** Reads one entry more than the page, so that the caller sees whether there is a next page. Scores are unique within a set. */
async function readArrivals(
  { redis, keys }: JournalStore,
  scanId: string,
  status: ItemStatus,
  { limit, cursor }: ItemQuery,
): Promise<NamePage> {
  const from = cursor === undefined ? '-inf' : `(${decodeSortKey(ARRIVAL, cursor).by}`
  const key = keys.scanStatus(scanId, status)
  const flat = await redis.zrangebyscore(key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  const places: SortKey[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    places.push({ by: Number(flat[index + 1]), name: flat[index] ?? '' })
  }
  return cut(ARRIVAL, places, limit)
}

/** Returns the key of each item with a state, and with this reason if one is given. */
async function readSortKeys(
  { redis, keys }: JournalStore,
  scanId: string,
  names: string[],
  { order, reason }: { order: ItemSort; reason: string | undefined },
): Promise<SortKey[]> {
  const found: SortKey[] = []
  const slice = startTimeSlice()
  for (let from = 0; from < names.length; from += CHUNK) {
    const chunk = names.slice(from, from + CHUNK)
    const states = await redis.hmget(keys.scanStates(scanId), ...chunk)
    for (const [index, name] of chunk.entries()) {
      if (slice.isOver) await slice.next()
      const text = states[index]
      if (!text) continue
      const state = SortedState.parse(JSON.parse(text))
      if (reason === undefined || state.fr === reason)
        found.push({ by: ITEM_SORT_VALUES[order](state), name })
    }
  }
  return found
}

function cut(order: string, places: SortKey[], limit: number): NamePage {
  const last = places[limit - 1]
  return {
    names: places.slice(0, limit).map(({ name }) => name),
    nextCursor: last && places.length > limit ? encodeSortKey(order, last) : null,
  }
}
