import type { Redis } from 'ioredis'
import { AuditEntry } from '@capstan/shared/contract/login/audit-entry'
import type { Page, PageQuery } from '@capstan/shared/contract/page'
import { createCursorError, decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import type { Log } from '@capstan/shared/log'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { RedisKeys } from '@capstan/redis/keys'

export type NewAuditEntry = Pick<AuditEntry, 'action' | 'principal'> &
  Partial<Omit<AuditEntry, 'id' | 'at'>>

/** The record of changes, newest first. */
export interface AuditLog {
  /** Never throws: the change has succeeded already. An entry that cannot be stored is logged. */
  write(entry: NewAuditEntry): Promise<void>
  list(query: PageQuery): Promise<Page<AuditEntry>>
}

export interface AuditDeps {
  redis: Redis
  keys: RedisKeys
  log: Pick<Log, 'error'>
}

/** About 3 MiB. */
const MAX_ENTRIES = 10_000
/** Bounded on its own: failed logins are the only entries that need no login. */
const MAX_FAILED_LOGINS = 1_000
const MAX_TEXT = 300

export function openAuditLog(deps: AuditDeps): AuditLog {
  const { redis, keys, log } = deps
  return {
    write: async (entry) => {
      const isFailedLogin = entry.action === 'login.failed'
      const key = isFailedLogin ? keys.auditFailedLogins : keys.audit
      const most = isFailedLogin ? MAX_FAILED_LOGINS : MAX_ENTRIES
      const text = JSON.stringify({ at: new Date().toISOString(), ...shorten(entry) })
      try {
        await redis.xadd(key, 'MAXLEN', '~', most, '*', 'entry', text)
      } catch (error) {
        log.error({ err: error, audit: text }, 'an audit entry could not be stored')
      }
    },
    list: (query) => listEntries(deps, query),
  }
}

function shorten({ principal, target, detail, ...entry }: NewAuditEntry): NewAuditEntry {
  const cut = (text: string | null | undefined) => (text ? toPlainText(text, MAX_TEXT) : null)
  return { ...entry, principal: cut(principal), target: cut(target), detail: cut(detail) }
}

/** A position in both streams: entries are ordered by stream id, and by stream for equal ids. */
interface Position {
  id: string
  stream: number
}

async function listEntries(
  { redis, keys }: AuditDeps,
  { limit, cursor }: PageQuery,
): Promise<Page<AuditEntry>> {
  const after = cursor === undefined ? undefined : parsePosition(decodeCursor(cursor))
  const streams = await Promise.all(
    [keys.audit, keys.auditFailedLogins].map(async (key, stream) => {
      const found = await redis.xrevrange(key, chooseStart(after, stream), '-', 'COUNT', limit + 1)
      return found.map(([id, fields]) => ({ position: { id, stream }, text: fields[1] ?? '' }))
    }),
  )
  const newest = streams.flat().toSorted((a, b) => compareAge(a.position, b.position))
  const shown = newest.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor =
    last && newest.length > limit
      ? encodeCursor(`${last.position.id}/${last.position.stream}`)
      : null
  return {
    data: shown.flatMap(({ position, text }) => parseEntry(position, text)),
    page: { limit, nextCursor },
  }
}

/** Entries of later streams with the id of the last entry have not been listed yet. */
function chooseStart(after: Position | undefined, stream: number): string {
  if (!after) return '+'
  return stream > after.stream ? after.id : `(${after.id}`
}

function compareAge(a: Position, b: Position): number {
  const [aMs = 0, aNumber = 0] = a.id.split('-').map(Number)
  const [bMs = 0, bNumber = 0] = b.id.split('-').map(Number)
  return bMs - aMs || bNumber - aNumber || a.stream - b.stream
}

function parsePosition(key: string): Position {
  const [, id, stream] = /^(\d{1,15}-\d{1,10})\/([01])$/.exec(key) ?? []
  if (id === undefined) throw createCursorError()
  return { id, stream: Number(stream) }
}

const ABSENT = { role: null, target: null, detail: null, requestId: null, address: null }

function parseEntry({ id, stream }: Position, text: string): AuditEntry[] {
  const entry: unknown = { ...ABSENT, ...JSON.parse(text), id: `${id}/${stream}` }
  const { success, data } = AuditEntry.safeParse(entry)
  return success ? [data] : []
}
