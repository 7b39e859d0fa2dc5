import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from './keys.ts'
import { readRedisState, type RedisState } from './read-redis-state.ts'

/** Looks at Redis every few seconds: whether it can be written, how full it is, its clock and its eviction policy. */
export interface RedisHealth {
  /** The state, at most `maxAgeMs` old. Takes a second at most and never throws. */
  look(maxAgeMs: number): Promise<RedisState>
  /** The state of the last look. */
  last(): RedisState
  stop(): void
}

export interface RedisHealthOptions {
  /** A `command` connection: a look must end while Redis is unreachable. */
  redis: Redis
  keys: RedisKeys
  log: Log
  /** Milliseconds between two looks that no caller asked for. Default: 5 s. */
  everyMs?: number
}

const EVERY_MS = 5_000

/** Starts to look. A change is logged once. `stop` leaves the connection to the caller. */
export function watchRedisHealth(options: RedisHealthOptions): RedisHealth {
  const stopping = new AbortController()
  let state: RedisState = { fault: undefined, warnings: [], memory: undefined }
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<RedisState> | undefined
  const lookNow = async (): Promise<RedisState> => {
    const before = state
    state = await readRedisState(options, before)
    lookedAt = performance.now()
    looking = undefined
    if (!stopping.signal.aborted) logChanges(options.log, before, state)
    return state
  }
  const look: RedisHealth['look'] = async (maxAgeMs) =>
    performance.now() - lookedAt <= maxAgeMs ? state : (looking ??= lookNow())
  void repeat(() => look(0), options.everyMs ?? EVERY_MS, stopping.signal)
  return { look, last: () => state, stop: () => stopping.abort() }
}

async function repeat(step: () => Promise<unknown>, everyMs: number, signal: AbortSignal) {
  while (!signal.aborted) {
    await step()
    await sleep(everyMs, { signal, ref: false })
  }
}

function logChanges(log: Log, before: RedisState, { fault, warnings }: RedisState): void {
  if (fault && fault.kind !== before.fault?.kind) log.error(fault, 'Redis cannot be used')
  if (!fault && before.fault) log.info({ was: before.fault.kind }, 'Redis can be used again')
  const known = new Set(before.warnings.map(({ kind }) => kind))
  for (const { kind, text } of warnings) if (!known.has(kind)) log.warn({ kind }, text)
}
