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
import type { Account } from '../gate/account.ts'
import { IN_TURN_MS } from '../time-limits.ts'
import { startNegotiation, type Negotiation } from './negotiation.ts'

/** How a model of an account is asked now. */
export type DialectChoice =
  /** `isProven`: a call was answered in it. Else it is assumed, presumed, or the full one after all were refused. */
  | { outcome: 'ready'; dialect: Dialect; isProven: boolean }
  /** This call finds out, and the others wait for it. */
  | { outcome: 'negotiate'; negotiation: Negotiation }
  /** Another call finds out. */
  | { outcome: 'busy'; ended: Promise<void> }

export interface ChooseOptions {
  /** The endpoint has just refused this one. */
  refused?: Dialect | undefined
  /** A negotiation that failed lately is repeated. */
  isForced?: boolean | undefined
}

/** The dialects of all accounts of this process, over what all processes remember. */
export interface Dialects {
  /** Never fails: without Redis a call uses what this process knows, else the full dialect. */
  choose(account: Account, model: string, options?: ChooseOptions): Promise<DialectChoice>
  /** A call was answered in a dialect that it did not negotiate. */
  confirm(account: Account, model: string, dialect: Dialect): void
  /** Another process has found something out. */
  forget(account: string, model: string): void
}

interface DialectsDeps {
  memory: Pick<DialectMemory, 'lookUp' | 'store' | 'renewLease' | 'releaseLease'>
  log: Pick<Log, 'warn'>
  /** See negotiation.ts. */
  presumedMs?: number | undefined
}

/** How long a process goes by what it knows. Signals shorten that. */
const KNOWN_MS = 60_000
/** Scans may name any model. */
const MOST_KNOWN = 1_000

interface Known {
  dialect: Dialect
  isProven: boolean
  untilMs: number
}

/** What other calls wait for: a look at what all processes remember, a negotiation elsewhere, or one of this process. */
interface Pending {
  what: 'look' | 'watch' | 'own'
  ended: Promise<void>
  end: () => void
  /** A signal came while it looked. */
  isStale: boolean
}

interface Place {
  known?: Known | undefined
  pending?: Pending | undefined
}

export function openDialects(deps: DialectsDeps): Dialects {
  const places = new Map<string, Place>()
  return {
    choose: async (account, model, options = {}) => {
      const { dialects } = account.model(model)
      // Models with one form only take no dialect.
      if (!dialects) throw new Error(`${model} of ${account.name} has no dialects`)
      const place = placeOf(places, account.name, model)
      const { known: found, pending } = place
      if (found && isUsable(found, options)) return ready(found)
      if (pending) return { outcome: 'busy', ended: pending.ended }
      place.known = undefined
      return look(deps, { account, model, dialects, place, ...options })
    },
    confirm: (account, model, dialect) => {
      const place = placeOf(places, account.name, model)
      if (place.known?.isProven || place.pending?.what === 'own') return
      place.known = known(dialect, true)
      const key = { account: account.name, model }
      void deps.memory
        .store(key, randomUUID(), { state: 'learned', dialect, refusals: 0 })
        .catch((error: unknown) => deps.log.warn({ err: error }, 'a dialect could not be stored'))
    },
    forget: (account, model) => {
      const place = places.get(nameOf(account, model))
      // What this process has proven is corrected by a refusal; of its own negotiation it knows the end first.
      if (!place || place.pending?.what === 'own') return
      if (!place.known?.isProven) place.known = undefined
      if (place.pending?.what === 'look') place.pending.isStale = true
      else place.pending?.end()
    },
  }
}

function isUsable({ untilMs, dialect, isProven }: Known, { refused, isForced }: ChooseOptions) {
  if (untilMs <= performance.now() || (isForced && !isProven)) return false
  return !refused || !isSameDialect(refused, dialect)
}

function ready({ dialect, isProven }: Known): DialectChoice {
  return { outcome: 'ready', dialect, isProven }
}

interface LookPlace extends ChooseOptions {
  account: Account
  model: string
  dialects: ModelDialects
  place: Place
}

/** Asks what all processes remember. The calls that come meanwhile wait for the outcome. */
async function look(deps: DialectsDeps, at: LookPlace): Promise<DialectChoice> {
  const { account, model, dialects, place, refused, isForced } = at
  const pending = newPending(place, 'look')
  const owner = randomUUID()
  const { isAssumed, full } = dialects
  try {
    const key = { account: account.name, model }
    const looking = deps.memory.lookUp(key, { owner, isAssumed, refused, isForced })
    const found = await withTimeout(looking, IN_TURN_MS, 'the dialects')
    return settle(deps, at, { found, owner, pending })
  } catch (error) {
    deps.log.warn({ err: error, model }, 'the dialect of a provider could not be read')
    pending.end()
    return { outcome: 'ready', dialect: full, isProven: true }
  }
}

interface Found {
  found: DialectLookup
  owner: string
  pending: Pending
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
    place.known = known(entry?.dialect ?? dialects.full, isLearned(entry))
  }
  if (outcome === 'busy' && !place.known) return watch(pending, found.leaseMs)
  pending.end()
  if (outcome === 'acquired') {
    return { outcome: 'negotiate', negotiation: negotiate(deps, at, { entry, owner, isOld }) }
  }
  return ready(place.known ?? known(dialects.full, false))
}

function isLearned(entry: DialectEntry | undefined): boolean {
  return entry?.state === 'learned'
}

function isRefused({ refused }: LookPlace, entry: DialectEntry | undefined): boolean {
  return refused !== undefined && entry !== undefined && isSameDialect(refused, entry.dialect)
}

/** A signal ends the wait for another process; should its negotiator die, the end of the lease does. */
function watch(pending: Pending, leaseMs: number): DialectChoice {
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
  /** The entry is a learned dialect that is due for renewal: the others use it meanwhile. */
  isOld: boolean
}

function negotiate(
  deps: DialectsDeps,
  { account, model, dialects, place, refused }: LookPlace,
  { entry, owner, isOld }: Owned,
): Negotiation {
  const pending = newPending(place, 'own')
  const trying = entry?.state === 'trying' ? entry : undefined
  return startNegotiation(deps, {
    key: { account: account.name, model },
    owner,
    dialect: trying?.dialect ?? refused ?? dialects.full,
    refusals: trying?.refusals ?? 0,
    old: isOld ? entry?.dialect : undefined,
    onEnd: (state, dialect) => {
      if (state) place.known = known(dialect, state === 'learned')
      pending.end()
    },
  })
}

function known(dialect: Dialect, isProven: boolean): Known {
  return { dialect, isProven, untilMs: performance.now() + KNOWN_MS }
}

function newPending(place: Place, what: 'look' | 'own'): Pending {
  const { promise, resolve } = Promise.withResolvers<void>()
  const pending: Pending = {
    what,
    ended: promise,
    isStale: false,
    end: () => {
      if (place.pending === pending) place.pending = undefined
      resolve()
    },
  }
  place.pending = pending
  return pending
}

function nameOf(account: string, model: string): string {
  return JSON.stringify([account, model])
}

function placeOf(places: Map<string, Place>, account: string, model: string): Place {
  const name = nameOf(account, model)
  const place = places.get(name) ?? {}
  if (!places.has(name) && places.size >= MOST_KNOWN) dropIdle(places)
  places.set(name, place)
  return place
}

function dropIdle(places: Map<string, Place>): void {
  for (const [name, { pending }] of places) if (!pending) places.delete(name)
}
