import type { Dialect } from '@capstan/shared/inference/dialect'

/** How long a cached dialect is valid. Signals end that earlier. */
const KNOWN_MS = 60_000
/** Scans may name any model. */
const MOST_KNOWN = 1_000

export interface CachedDialect {
  dialect: Dialect
  isProven: boolean
  untilMs: number
}

/** A step that other calls wait for: a read of the shared memory, a negotiation elsewhere, or one of this process. */
export interface PendingStep {
  what: 'look' | 'watch' | 'own'
  ended: Promise<void>
  end: () => void
  /** A signal arrived during the read. */
  isStale: boolean
}

export interface DialectSlot {
  known?: CachedDialect | undefined
  pending?: PendingStep | undefined
}

/** Caches a dialect for KNOWN_MS. */
export function cacheDialect(dialect: Dialect, isProven: boolean): CachedDialect {
  return { dialect, isProven, untilMs: performance.now() + KNOWN_MS }
}

/** Starts a step for which other calls wait. */
export function startPending(place: DialectSlot, what: 'look' | 'own'): PendingStep {
  const { promise, resolve } = Promise.withResolvers<void>()
  const pending: PendingStep = {
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

export function nameSlot(account: string, model: string): string {
  return JSON.stringify([account, model])
}

/** Opens the slot of a model at an account. Idle slots are dropped when there are too many. */
export function openSlot(
  places: Map<string, DialectSlot>,
  account: string,
  model: string,
): DialectSlot {
  const name = nameSlot(account, model)
  const place = places.get(name) ?? {}
  if (!places.has(name) && places.size >= MOST_KNOWN) dropIdle(places)
  places.set(name, place)
  return place
}

function dropIdle(places: Map<string, DialectSlot>): void {
  for (const [name, { pending }] of places) if (!pending) places.delete(name)
}
