import type { DialectEntry } from '@capstan/limits/dialects/dialect-entry'
import { DIALECT_LEASE_MS, type DialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Dialect } from '@capstan/shared/inference/dialect'
import type { LimitKey } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { IN_TURN_MS } from '../time-limits.ts'

/** Refusals come at once as a rule: a call that has run for so long is presumed to be accepted, and the others go on. */
const PRESUMED_MS = 15_000

/** The right to find out in which dialect a model of an account is asked, while all other calls of it wait. */
export interface Negotiation {
  /** In which the next call is made. */
  readonly dialect: Dialect
  /** Refused calls so far, also those of earlier negotiators. */
  readonly refusals: number
  /** An older dialect that the others use meanwhile. */
  readonly old: Dialect | undefined
  /** False: it has ended, also by being presumed. */
  readonly isOpen: boolean
  /** A call in the dialect goes out: once it has run for long, the others go on in the same dialect. */
  sent(): void
  /** The dialect was refused, and this one is next. The next negotiator goes on from there should this process die. */
  next(dialect: Dialect): Promise<void>
  /** Ends it with an answer in this dialect, or with none that is accepted. */
  end(state: 'learned' | 'failed', dialect: Dialect): Promise<void>
  /** Ends it without a result: another call goes on. Harmless once it has ended. */
  giveUp(): void
}

type EntryState = DialectEntry['state']

interface NegotiationDeps {
  memory: Pick<DialectMemory, 'store' | 'renewLease' | 'releaseLease'>
  log: Pick<Log, 'warn'>
  /** After which a call that was not refused is presumed to be accepted. */
  presumedMs?: number | undefined
}

interface NegotiationStart {
  key: LimitKey
  owner: string
  dialect: Dialect
  refusals: number
  old: Dialect | undefined
  /** Called once, with what is known from now on; undefined when nothing is. */
  onEnd: (state: 'learned' | 'presumed' | 'failed' | undefined, dialect: Dialect) => void
}

/** Starts a negotiation whose lease `owner` holds, and keeps the lease until it ends. Redis faults are logged, never thrown. */
export function startNegotiation(deps: NegotiationDeps, start: NegotiationStart): Negotiation {
  const { key, owner, onEnd } = start
  const state = { dialect: start.dialect, refusals: start.refusals, old: start.old, isOpen: true }
  const keeping = keepLease(deps, start)
  const presuming = openTimer(deps.presumedMs ?? PRESUMED_MS)
  const store = (name: EntryState): Promise<void> => {
    const { dialect, refusals } = state
    return safely(deps, start, deps.memory.store(key, owner, { state: name, dialect, refusals }))
  }
  const close = (): boolean => {
    presuming.stop()
    clearInterval(keeping)
    const wasOpen = state.isOpen
    state.isOpen = false
    return wasOpen
  }
  const finish = async (name: 'learned' | 'presumed' | 'failed'): Promise<void> => {
    if (!close()) return
    await store(name)
    onEnd(name, state.dialect)
  }
  return Object.assign(state, {
    sent: () => presuming.start(() => void finish('presumed')),
    next: async (dialect: Dialect) => {
      presuming.stop()
      state.dialect = dialect
      state.refusals += 1
      // An older dialect stays the one that all others use.
      if (state.isOpen && !state.old) await store('trying')
    },
    end: async (name: 'learned' | 'failed', dialect: Dialect) => {
      state.dialect = dialect
      await finish(name)
    },
    giveUp: () => {
      if (!close()) return
      void safely(deps, start, deps.memory.releaseLease(key, owner))
      onEnd(undefined, state.dialect)
    },
  })
}

function keepLease({ memory }: NegotiationDeps, { key, owner }: NegotiationStart): NodeJS.Timeout {
  const keep = (): void => void memory.renewLease(key, owner).catch(() => undefined)
  return setInterval(keep, DIALECT_LEASE_MS / 3).unref()
}

function openTimer(ms: number) {
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => clearTimeout(timer)
  return {
    stop,
    start: (act: () => void): void => {
      stop()
      timer = setTimeout(act, ms).unref()
    },
  }
}

async function safely(
  { log }: NegotiationDeps,
  { key: { account, model } }: NegotiationStart,
  step: Promise<unknown>,
): Promise<void> {
  await withTimeout(step, IN_TURN_MS, 'the dialects').catch((error: unknown) =>
    log.warn(
      { err: error, account, model },
      'a dialect could not be stored; it is negotiated again',
    ),
  )
}
