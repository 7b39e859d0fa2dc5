import { randomUUID } from 'node:crypto'
import type { DialectEntry } from '@capstan/limits/dialects/dialect-entry'
import {
  DIALECT_LEASE_MS,
  type DialectLookup,
  type DialectMemory,
} from '@capstan/limits/dialects/dialect-memory'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { isSameDialect } from '@capstan/shared/inference/full-dialect'
import type { ModelDialects } from '@capstan/shared/inference/types'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { Account } from '../../accounts/account.ts'
import { UNDER_PERMIT_MS } from '../../accounts/time-limits.ts'
import {
  cacheDialect,
  nameSlot,
  openSlot,
  startPending,
  type CachedDialect,
  type DialectSlot,
  type PendingStep,
} from './dialect-slots.ts'
import { startNegotiation, type Negotiation } from './negotiation.ts'

/** The dialect for the next call of a model at an account. */
export type DialectChoice =
  /** `isProven`: a call was answered in it. Otherwise it is assumed, presumed, or the full one after all were refused. */
  | { outcome: 'ready'; dialect: Dialect; isProven: boolean }
  /** This call negotiates, and the others wait for it. */
  | { outcome: 'negotiate'; negotiation: Negotiation }
  /** Another call negotiates. */
  | { outcome: 'busy'; ended: Promise<void> }

export interface ChooseOptions {
  /** The endpoint has just refused this dialect. */
  refused?: Dialect | undefined
  /** Repeats a negotiation that failed recently. */
  isForced?: boolean | undefined
}

/** The dialects of all accounts: a cache in this process over the memory that all processes share. */
export interface Dialects {
  /** Never rejects: without Redis a call uses the cached dialect, or the full one. */
  choose(account: Account, model: string, options?: ChooseOptions): Promise<DialectChoice>
  /** A call was answered in a dialect that it did not negotiate. */
  confirm(account: Account, model: string, dialect: Dialect): void
  /** Another process has changed the dialect. */
  forget(account: string, model: string): void
}

interface DialectsDeps {
  memory: Pick<DialectMemory, 'lookUp' | 'store' | 'renewLease' | 'releaseLease'>
  log: Pick<Log, 'warn'>
  /** See negotiation.ts. */
  presumedMs?: number | undefined
}

export function openDialects(deps: DialectsDeps): Dialects {
  const places = new Map<string, DialectSlot>()
  return {
    choose: async (account, model, options = {}) => {
      const { dialects } = account.model(model)
      // Models with one form only take no dialect.
      if (!dialects) throw new Error(`${model} of ${account.name} has no dialects`)
      const place = openSlot(places, account.name, model)
      const { known: found, pending } = place
      if (found && isUsable(found, options)) return toReadyChoice(found)
      if (pending) return { outcome: 'busy', ended: pending.ended }
      place.known = undefined
      return look(deps, { account, model, dialects, place, ...options })
    },
    confirm: (account, model, dialect) => {
      const place = openSlot(places, account.name, model)
      if (place.known?.isProven || place.pending?.what === 'own') return
      place.known = cacheDialect(dialect, true)
      const key = { account: account.name, model }
      void deps.memory
        .store(key, randomUUID(), { state: 'learned', dialect, refusals: 0 })
        .catch((error: unknown) => deps.log.warn({ err: error }, 'could not store a dialect'))
    },
    forget: (account, model) => {
      const place = places.get(nameSlot(account, model))
      // A refusal corrects a proven dialect, and this process knows the end of its own negotiation first.
      if (!place || place.pending?.what === 'own') return
      if (!place.known?.isProven) place.known = undefined
      if (place.pending?.what === 'look') place.pending.isStale = true
      else place.pending?.end()
    },
  }
}

function isUsable(
  { untilMs, dialect, isProven }: CachedDialect,
  { refused, isForced }: ChooseOptions,
) {
  if (untilMs <= performance.now() || (isForced && !isProven)) return false
  return !refused || !isSameDialect(refused, dialect)
}

function toReadyChoice({ dialect, isProven }: CachedDialect): DialectChoice {
  return { outcome: 'ready', dialect, isProven }
}

interface LookPlace extends ChooseOptions {
  account: Account
  model: string
  dialects: ModelDialects
  place: DialectSlot
}

/** Reads the shared memory. Calls that arrive meanwhile wait for the outcome. */
async function look(deps: DialectsDeps, at: LookPlace): Promise<DialectChoice> {
  const { account, model, dialects, place, refused, isForced } = at
  const pending = startPending(place, 'look')
  const owner = randomUUID()
  const { isAssumed, full } = dialects
  try {
    const key = { account: account.name, model }
    const looking = deps.memory.lookUp(key, { owner, isAssumed, refused, isForced })
    const found = await withTimeout(looking, UNDER_PERMIT_MS, 'the dialects')
    return settle(deps, at, { found, owner, pending })
  } catch (error) {
    deps.log.warn({ err: error, model }, 'could not read the dialect of an endpoint')
    pending.end()
    return { outcome: 'ready', dialect: full, isProven: true }
  }
}

interface Found {
  found: DialectLookup
  owner: string
  pending: PendingStep
}

function settle(
  deps: DialectsDeps,
  at: LookPlace,
  { found, owner, pending }: Found,
): DialectChoice {
  const { place, dialects } = at
  const { entry, outcome } = found
  const isOld = isLearned(entry) && !isRefused(at, entry)
  if (outcome === 'known' || isOld) {
    place.known = cacheDialect(entry?.dialect ?? dialects.full, isLearned(entry))
  }
  if (outcome === 'busy' && !place.known) return watch(pending, found.leaseMs)
  pending.end()
  if (outcome === 'acquired') {
    return { outcome: 'negotiate', negotiation: negotiate(deps, at, { entry, owner, isOld }) }
  }
  return toReadyChoice(place.known ?? cacheDialect(dialects.full, false))
}

function isLearned(entry: DialectEntry | undefined): boolean {
  return entry?.state === 'learned'
}

function isRefused({ refused }: LookPlace, entry: DialectEntry | undefined): boolean {
  return refused !== undefined && entry !== undefined && isSameDialect(refused, entry.dialect)
}

/** A signal ends the wait for another process; if its negotiator dies, the end of the lease does. */
function watch(pending: PendingStep, leaseMs: number): DialectChoice {
  const { ended } = pending
  pending.what = 'watch'
  const waitMs = pending.isStale ? 0 : Math.min(Math.max(leaseMs, 0), DIALECT_LEASE_MS)
  const timer = setTimeout(pending.end, waitMs)
  void ended.then(() => clearTimeout(timer))
  return { outcome: 'busy', ended }
}

interface Owned {
  entry: DialectEntry | undefined
  owner: string
  /** The entry is a learned dialect that is due for renewal; other calls use it meanwhile. */
  isOld: boolean
}

function negotiate(
  deps: DialectsDeps,
  { account, model, dialects, place, refused }: LookPlace,
  { entry, owner, isOld }: Owned,
): Negotiation {
  const pending = startPending(place, 'own')
  const trying = entry?.state === 'trying' ? entry : undefined
  return startNegotiation(deps, {
    key: { account: account.name, model },
    owner,
    dialect: trying?.dialect ?? refused ?? dialects.full,
    refusals: trying?.refusals ?? 0,
    old: isOld ? entry?.dialect : undefined,
    onEnd: (state, dialect) => {
      if (state) place.known = cacheDialect(dialect, state === 'learned')
      pending.end()
    },
  })
}
