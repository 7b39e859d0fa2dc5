import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider, type ScanItem } from '../contract/scan.ts'
import { routeFor, routeQueueName } from '../routes/route.ts'
import { itemPage } from './item-page.ts'
import { ItemState, itemView } from './item-view.ts'
import type { JournalStore } from './journal.ts'
import { readFindings } from './read-findings.ts'
import { PlanFacts } from './plan-facts.ts'
import type { Journal } from './types.ts'

type ItemReads = Pick<Journal, 'item' | 'items' | 'pending' | 'findings'>
type Pending = Awaited<ReturnType<Journal['pending']>>

const ScanRoute = z.tuple([Provider, z.string()])

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
  const [allFacts, states, allAttempts, route] = await Promise.all([
    readFields(redis, keys.scanItems(scanId), resources),
    readFields(redis, keys.scanStates(scanId), resources),
    readFields(redis, keys.scanAttempts(scanId), resources),
    readFields(redis, keys.scan(scanId), ['provider', 'model']),
  ])
  const stored = ScanRoute.safeParse(route)
  if (!stored.success) return []
  const [provider, model] = stored.data
  const queue = routeQueueName(routeFor(provider, model))
  return resources.flatMap((resource, index) => {
    const [facts, state, attempts = null] = [allFacts[index], states[index], allAttempts[index]]
    return facts && state ? [itemView({ scanId, queue }, resource, { facts, state, attempts })] : []
  })
}

async function listPending(
  { redis, keys }: JournalStore,
  scanId: string,
  most: number | undefined,
): Promise<Pending> {
  const pending: Pending = []
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
        const { definition } = PlanFacts.parse(JSON.parse(fact))
        const nextAttemptAtMs = state.na ?? null
        pending.push({ resource, definition, status, index: state.i, nextAttemptAtMs })
      }
    }
  }
  return pending
}

async function readFields(redis: Redis, key: string, fields: string[]): Promise<(string | null)[]> {
  return fields.length === 0 ? [] : redis.hmget(key, ...fields)
}
