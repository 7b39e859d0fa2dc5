import type { Redis } from 'ioredis'
import type { ScanItem } from '../contract/scan.ts'
import { itemPage } from './item-page.ts'
import { ItemState, itemView } from './item-view.ts'
import type { JournalStore } from './journal.ts'
import { readFindings } from './read-findings.ts'
import { PlanFacts } from './plan-facts.ts'
import type { Journal, PendingItem } from './types.ts'

type ItemReads = Pick<Journal, 'item' | 'items' | 'pending' | 'findings'>

const PENDING = ['queued', 'retrying', 'running'] as const

// Parsing 500 items takes a few ms; between chunks the event loop serves others.
const CHUNK = 500

/** Reads of single items. */
export function itemReads(store: JournalStore): ItemReads {
  return {
    item: async (scanId, resource) => (await readItems(store, scanId, [resource]))[0],
    items: async (scanId, query) => {
      const { names, nextCursor } = await itemPage(store, scanId, query)
      const data = await readItems(store, scanId, names)
      return { data, page: { limit: query.limit, nextCursor } }
    },
    findings: (scanId) => readFindings(store, scanId),
    pending: (scanId, most) => listPending(store, scanId, most),
  }
}

async function readItems(
  { redis, keys }: JournalStore,
  scanId: string,
  resources: string[],
): Promise<ScanItem[]> {
  const [facts, states, attempts] = await Promise.all([
    readFields(redis, keys.scanItems(scanId), resources),
    readFields(redis, keys.scanStates(scanId), resources),
    readFields(redis, keys.scanAttempts(scanId), resources),
  ])
  return resources.flatMap((resource, index) => {
    const [fact, state] = [facts[index], states[index]]
    return fact && state ? [itemView(resource, fact, state, attempts[index] ?? null)] : []
  })
}

async function listPending(
  { redis, keys }: JournalStore,
  scanId: string,
  most: number | undefined,
): Promise<PendingItem[]> {
  const pending: PendingItem[] = []
  const last = String(most === undefined ? -1 : most - 1)
  for (const status of PENDING) {
    const members = await redis.zrange(keys.scanStatus(scanId, status), 0, last)
    for (let from = 0; from < members.length; from += CHUNK) {
      const names = members.slice(from, from + CHUNK).map(String)
      const [facts, states] = await Promise.all([
        readFields(redis, keys.scanItems(scanId), names),
        readFields(redis, keys.scanStates(scanId), names),
      ])
      for (const [index, resource] of names.entries()) {
        const [fact, text] = [facts[index], states[index]]
        if (!fact || !text) continue
        const state = ItemState.parse(JSON.parse(text))
        // It moved on between the two reads.
        if (state.s !== status) continue
        pending.push(pendingItem(resource, PlanFacts.parse(JSON.parse(fact)), status, state))
      }
    }
  }
  return pending
}

function pendingItem(
  resource: string,
  { definition, contentKey, estimatedTokens, estimatedCostUsd }: PlanFacts,
  status: PendingItem['status'],
  { i: index, n: attempt, na }: ItemState,
): PendingItem {
  return {
    resource,
    definition,
    contentKey,
    estimatedTokens,
    estimatedCostUsd,
    status,
    index,
    attempt,
    nextAttemptAtMs: na ?? null,
  }
}

async function readFields(redis: Redis, key: string, fields: string[]): Promise<(string | null)[]> {
  return fields.length === 0 ? [] : redis.hmget(key, ...fields)
}
