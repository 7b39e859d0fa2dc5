import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { resolveRoute, buildRouteQueueName } from '../../routes/route.ts'
import { readItemPage } from './read-item-page.ts'
import { StoredItemState, toScanItem } from './to-scan-item.ts'
import type { JournalStore } from '../journal-store.ts'
import { readFindings } from './read-findings.ts'
import { StoredPlanEntry } from '../stored-plan-entry.ts'
import type { JobInput, Journal, PendingItem } from '../types.ts'

type ItemReads = Pick<
  Journal,
  'item' | 'items' | 'itemsByName' | 'pending' | 'jobInputs' | 'findings'
>

const ScanRoute = z.tuple([Provider, z.string()])
const PENDING = ['running', 'retrying', 'queued'] as const
const PendingStatus = z.enum(PENDING)
const Names = z.array(z.string())

// Parsing 500 items takes a few ms; other work of the event loop runs between chunks.
const CHUNK = 500

/** Reads of items. */
export function openItemReads(store: JournalStore): ItemReads {
  return {
    item: async (scanId, resource) => (await readItems(store, scanId, [resource]))[0],
    items: async (scanId, query) => {
      const { names, nextCursor } = await readItemPage(store, scanId, query)
      const data = await readItems(store, scanId, names)
      return { data, page: { limit: query.limit, nextCursor } }
    },
    itemsByName: (scanId, resources) => readItems(store, scanId, resources),
    findings: (scanId) => readFindings(store, scanId),
    pending: (scanId, most) => listPending(store, scanId, most),
    jobInputs: (scanId, resources) => readJobFacts(store, scanId, resources),
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
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  return resources.flatMap((resource, index) => {
    const [facts, state, attempts = null] = [allFacts[index], states[index], allAttempts[index]]
    return facts && state
      ? [toScanItem({ scanId, queue }, resource, { facts, state, attempts })]
      : []
  })
}

/** Reads in one transaction. Otherwise an item that changes its status between two reads would be in neither list or in both. */
async function listPending(
  { redis, keys }: JournalStore,
  scanId: string,
  most: number | undefined,
): Promise<PendingItem[]> {
  const last = String(most === undefined ? -1 : most - 1)
  const reading = redis.multi()
  for (const status of PENDING) reading.zrange(keys.scanStatus(scanId, status), 0, last)
  const replies = (await reading.exec()) ?? []
  return replies.flatMap(([error, names], index) => {
    if (error) throw error
    const status = PendingStatus.parse(PENDING[index])
    return Names.parse(names).map((resource) => ({ resource, status }))
  })
}

async function readJobFacts(
  { redis, keys }: JournalStore,
  scanId: string,
  resources: string[],
): Promise<JobInput[]> {
  const found: JobInput[] = []
  for (let from = 0; from < resources.length; from += CHUNK) {
    const names = resources.slice(from, from + CHUNK)
    const [facts, states] = await Promise.all([
      readFields(redis, keys.scanItems(scanId), names),
      readFields(redis, keys.scanStates(scanId), names),
    ])
    for (const [index, resource] of names.entries()) {
      const [fact, state] = [facts[index], states[index]]
      if (fact && state) found.push(...listJobFields(resource, fact, state))
    }
  }
  return found
}

function listJobFields(resource: string, fact: string, text: string): JobInput[] {
  const state = StoredItemState.parse(JSON.parse(text))
  const status = PendingStatus.safeParse(state.s)
  if (!status.success) return []
  const plan = StoredPlanEntry.parse(JSON.parse(fact))
  const { definition, contentKey, estimatedTokens, estimatedCostUsd } = plan
  return [
    {
      resource,
      status: status.data,
      definition,
      contentKey,
      estimatedTokens,
      estimatedCostUsd,
      attempt: state.n,
      nextAttemptAtMs: state.na ?? null,
    },
  ]
}

async function readFields(redis: Redis, key: string, fields: string[]): Promise<(string | null)[]> {
  return fields.length === 0 ? [] : redis.hmget(key, ...fields)
}
