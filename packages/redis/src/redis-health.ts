import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from './keys.ts'
import { readRedisState, type RedisState } from './read-redis-state.ts'

/** Checks Redis every few seconds: writes, memory, clock and eviction policy. */
export interface RedisHealth {
  /** Returns the state, at most `maxAgeMs` old. Takes at most a second and never throws. */
  look(maxAgeMs: number): Promise<RedisState>
  /** The state of the last check. */
  last(): RedisState
  stop(): void
}

export interface RedisHealthOptions {
  /** A `command` connection, so that a check ends while Redis is unreachable. */
  redis: Redis
  keys: RedisKeys
  log: Log
  /** Milliseconds between two periodic checks. Default: 5 s. */
  everyMs?: number
}

const EVERY_MS = 5_000

/** Starts the checks. Logs each change once. The caller owns the connection. */
export function watchRedisHealth(options: RedisHealthOptions): RedisHealth {
  const stopping = new AbortController()
  let state: RedisState = { fault: undefined, warnings: [], memory: undefined }
  let checkedAt = Number.NEGATIVE_INFINITY
  let checking: Promise<RedisState> | undefined
  const checkNow = async (): Promise<RedisState> => {
    const before = state
    state = await readRedisState(options, before)
    checkedAt = performance.now()
    checking = undefined
    if (!stopping.signal.aborted) logChanges(options.log, before, state)
    return state
  }
  const look: RedisHealth['look'] = async (maxAgeMs) =>
    performance.now() - checkedAt <= maxAgeMs ? state : (checking ??= checkNow())
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
