import type { Page } from '../contract/page.ts'
import type { ItemStatus, ScanItem } from '../contract/scan.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { ItemState, itemView } from './item-view.ts'
import type { JournalStore } from './journal.ts'
import { PlanFacts } from './plan-facts.ts'
import type { Journal } from './types.ts'

type ItemReads = Pick<Journal, 'item' | 'items' | 'pending'>
type ItemQuery = Parameters<Journal['items']>[1]
type Pending = Awaited<ReturnType<Journal['pending']>>

const PENDING = ['queued', 'retrying', 'running'] as const

/** Reads of single items. */
export function itemReads(store: JournalStore): ItemReads {
  return {
    item: async (scanId, resource) => (await readItems(store, scanId, [resource]))[0],
    items: (scanId, query) => {
      if (query.sort === 'duration') return slowestFirst(store, scanId, query)
      return query.status
        ? inStatus(store, scanId, query.status, query)
        : byName(store, scanId, query)
    },
    pending: (scanId) => listPending(store, scanId),
  }
}

async function readItems(
  { redis, keys }: JournalStore,
  scanId: string,
  resources: string[],
): Promise<ScanItem[]> {
  if (resources.length === 0) return []
  const [facts, states, attempts] = await Promise.all([
    redis.hmget(keys.scanItems(scanId), ...resources),
    redis.hmget(keys.scanStates(scanId), ...resources),
    redis.hmget(keys.scanAttempts(scanId), ...resources),
  ])
  return resources.flatMap((resource, index) => {
    const [fact, state] = [facts[index], states[index]]
    return fact && state ? [itemView(resource, fact, state, attempts[index] ?? null)] : []
  })
}

async function inStatus(
  store: JournalStore,
  scanId: string,
  status: ItemStatus,
  { limit, cursor }: ItemQuery,
): Promise<Page<ScanItem>> {
  const from = cursor === undefined ? '-inf' : `(${Number(decodeCursor(cursor))}`
  const set = store.keys.scanStatus(scanId, status)
  const rows = await store.redis.zrangebyscore(
    set,
    from,
    '+inf',
    'WITHSCORES',
    'LIMIT',
    0,
    limit + 1,
  )
  const names = rows.filter((_, index) => index % 2 === 0).slice(0, limit)
  const more = rows.length > 2 * limit
  return {
    data: await readItems(store, scanId, names),
    page: { limit, nextCursor: more ? encodeCursor(String(rows[2 * limit - 1] ?? '')) : null },
  }
}

async function byName(
  store: JournalStore,
  scanId: string,
  { limit, cursor }: ItemQuery,
): Promise<Page<ScanItem>> {
  const names = (await store.redis.hkeys(store.keys.scanItems(scanId))).toSorted()
  const after = cursor === undefined ? '' : decodeCursor(cursor)
  const rest = names.filter((name) => name > after)
  const page = rest.slice(0, limit)
  return {
    data: await readItems(store, scanId, page),
    page: { limit, nextCursor: rest.length > limit ? encodeCursor(page.at(-1) ?? '') : null },
  }
}

async function slowestFirst(
  store: JournalStore,
  scanId: string,
  { status, limit, cursor }: ItemQuery,
): Promise<Page<ScanItem>> {
  const states = await store.redis.hgetall(store.keys.scanStates(scanId))
  const ordered = Object.entries(states)
    .map(([resource, text]) => ({ resource, state: ItemState.parse(JSON.parse(text)) }))
    .filter(({ state }) => status === undefined || state.s === status)
    .toSorted((a, b) => (b.state.d ?? -1) - (a.state.d ?? -1) || (a.resource < b.resource ? -1 : 1))
    .map(({ resource }) => resource)
  const start = cursor === undefined ? 0 : ordered.indexOf(decodeCursor(cursor)) + 1
  const page = ordered.slice(start, start + limit)
  const more = start + limit < ordered.length
  return {
    data: await readItems(store, scanId, page),
    page: { limit, nextCursor: more ? encodeCursor(page.at(-1) ?? '') : null },
  }
}

async function listPending({ redis, keys }: JournalStore, scanId: string): Promise<Pending> {
  const pending: Pending = []
  for (const status of PENDING) {
    const names = (await redis.zrange(keys.scanStatus(scanId, status), 0, '-1')).map(String)
    if (names.length === 0) continue
    const [facts, states] = await Promise.all([
      redis.hmget(keys.scanItems(scanId), ...names),
      redis.hmget(keys.scanStates(scanId), ...names),
    ])
    for (const [index, resource] of names.entries()) {
      const [fact, text] = [facts[index], states[index]]
      if (!fact || !text) continue
      const state = ItemState.parse(JSON.parse(text))
      const { definition } = PlanFacts.parse(JSON.parse(fact))
      const nextAttemptAtMs = state.na ?? null
      pending.push({ resource, definition, status, index: state.i, nextAttemptAtMs })
    }
  }
  return pending
}
