import { z } from 'zod'
import type { Page } from '@capstan/shared/contract/page'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import type { JournalStore } from '../journal-store.ts'
import { journalScripts } from '../scripts.ts'
import type { Journal } from '../types.ts'

type ScanQuery = Parameters<Journal['scans']>[0]
type ReadScan = (scanId: string) => Promise<Scan | undefined>

// Maximum number of scans that one page of a filtered list examines. The next page continues from there.
const MAX_EXAMINED = 1000
const CHUNK = 100

const Labels = z.record(z.string(), z.string())

/** Lists scans, newest first. Ids are UUIDv7, so their lexical order is the order of time. */
export async function listScans(
  store: JournalStore,
  read: ReadScan,
  query: ScanQuery,
): Promise<Page<Scan>> {
  const data: Scan[] = []
  let last = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  for (let examined = 0; examined < MAX_EXAMINED; examined += CHUNK) {
    const ids = await readOlderIds(store, last)
    const matching = await keepMatching(store, ids, query)
    const room = query.limit - data.length
    data.push(...(await readAll(read, matching.slice(0, room))))
    if (matching.length > room) return pageUpTo(matching[room - 1] ?? last)
    last = ids.at(-1) ?? last
    if (ids.length < CHUNK) return pageUpTo(undefined)
  }
  return pageUpTo(last)

  function pageUpTo(name: string | undefined): Page<Scan> {
    const nextCursor = name === undefined ? null : encodeCursor(name)
    return { data, page: { limit: query.limit, nextCursor } }
  }
}

async function readOlderIds(
  { redis, keys }: JournalStore,
  id: string | undefined,
): Promise<string[]> {
  const from = id === undefined ? '+' : `(${id}`
  return redis.zrevrangebylex(keys.scans, from, '-', 'LIMIT', 0, CHUNK)
}

async function readAll(read: ReadScan, ids: string[]): Promise<Scan[]> {
  const scans = await Promise.all(ids.map(read))
  return scans.filter((scan) => scan !== undefined)
}

async function keepMatching(
  { redis, keys }: JournalStore,
  ids: string[],
  query: ScanQuery,
): Promise<string[]> {
  const rows = await Promise.all(
    ids.map((id) => redis.hmget(keys.scan(id), 'status', 'cluster', 'createdAt', 'labels')),
  )
  const expired = ids.filter((_, index) => !rows[index]?.[0])
  if (expired.length > 0) {
    const names = [keys.scans, keys.scanChanges, ...expired.map(keys.scan)]
    await journalScripts.pruneScans.run(redis, names, expired)
  }
  return ids.filter((_, index) => rows[index]?.[0] && matches(rows[index], query))
}

function matches(row: (string | null)[], query: ScanQuery): boolean {
  const [status, cluster, createdAtMs, labels] = row
  const wanted = Object.entries(query.labels ?? {})
  const found = wanted.length === 0 ? {} : Labels.parse(JSON.parse(labels ?? '{}'))
  return (
    (query.status === undefined || status === query.status) &&
    (query.cluster === undefined || cluster === query.cluster) &&
    (query.createdAfter === undefined || Number(createdAtMs) > Date.parse(query.createdAfter)) &&
    wanted.every(([label, value]) => found[label] === value)
  )
}
