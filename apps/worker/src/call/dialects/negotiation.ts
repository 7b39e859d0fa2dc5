import type { DialectEntry } from '@capstan/limits/dialects/dialect-entry'
import { DIALECT_LEASE_MS, type DialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Dialect } from '@capstan/shared/inference/dialect'
import type { LimitKey } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { UNDER_PERMIT_MS } from '../../accounts/time-limits.ts'

/** Refusals usually come at once: a call that has run for this long is presumed to be accepted, and the others continue. */
const PRESUMED_MS = 15_000

/** The right to negotiate the dialect of a model at an account, while all other calls to it wait. */
export interface Negotiation {
  /** The dialect of the next call. */
  readonly dialect: Dialect
  /** Refused calls so far, including those of earlier negotiators. */
  readonly refusals: number
  /** An older dialect that other calls use meanwhile. */
  readonly old: Dialect | undefined
  /** False: the negotiation has ended, or its dialect is presumed. */
  readonly isOpen: boolean
  /** Reports a sent call. Once it has run for `presumedMs`, other calls use its dialect. */
  sent(): void
  /** The dialect was refused; `dialect` is next. If this process dies, the next negotiator continues from there. */
  next(dialect: Dialect): Promise<void>
  /** Ends the negotiation: this dialect was answered, or none is accepted. */
  end(state: 'learned' | 'failed', dialect: Dialect): Promise<void>
  /** Ends the negotiation without a result, so that another call continues. No effect once it has ended. */
  giveUp(): void
}

type EntryState = DialectEntry['state']

interface NegotiationDeps {
  memory: Pick<DialectMemory, 'store' | 'renewLease' | 'releaseLease'>
  log: Pick<Log, 'warn'>
  /** Time after which a running call is presumed to be accepted. */
  presumedMs?: number | undefined
}

interface NegotiationStart {
  key: LimitKey
  owner: string
  dialect: Dialect
  refusals: number
  old: Dialect | undefined
  /** Called once with the result; undefined when there is none. */
  onEnd: (state: 'learned' | 'presumed' | 'failed' | undefined, dialect: Dialect) => void
}

/** Starts a negotiation whose lease `owner` holds, and keeps the lease until it ends. Redis faults are logged, never thrown. */
export function startNegotiation(deps: NegotiationDeps, start: NegotiationStart): Negotiation {
  const { key, owner, onEnd } = start
  const state = { dialect: start.dialect, refusals: start.refusals, old: start.old, isOpen: true }
  const keeping = renewLease(deps, start)
  const presuming = openTimer(deps.presumedMs ?? PRESUMED_MS)
  const store = (name: EntryState): Promise<void> => {
    const { dialect, refusals } = state
    return logFailure(
      deps,
      start,
      deps.memory.store(key, owner, { state: name, dialect, refusals }),
    )
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
      // All other calls keep using the older dialect.
      if (state.isOpen && !state.old) await store('trying')
    },
    end: async (name: 'learned' | 'failed', dialect: Dialect) => {
      state.dialect = dialect
      await finish(name)
    },
    giveUp: () => {
      if (!close()) return
      void logFailure(deps, start, deps.memory.releaseLease(key, owner))
      onEnd(undefined, state.dialect)
    },
  })
}

function renewLease({ memory }: NegotiationDeps, { key, owner }: NegotiationStart): NodeJS.Timeout {
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

async function logFailure(
  { log }: NegotiationDeps,
  { key: { account, model } }: NegotiationStart,
  step: Promise<unknown>,
): Promise<void> {
  await withTimeout(step, UNDER_PERMIT_MS, 'the dialects').catch((error: unknown) =>
    log.warn(
      { err: error, account, model },
      'could not store a dialect; it will be negotiated again',
    ),
  )
}
