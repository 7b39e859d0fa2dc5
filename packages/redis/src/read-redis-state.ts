import { sleep } from '@capstan/shared/async/sleep'
import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { NO_AOF_WARNING, parseRedisInfo } from './check-server.ts'
import type { RedisKeys } from './keys.ts'
import {
  classifyRedisReply,
  describeRedisFault,
  formatMemory,
  MEMORY_HINT,
  type RedisFault,
  type RedisMemory,
} from '@capstan/shared/redis-fault'

/** A condition that does not stop work now, but will stop it or makes results wrong. */
export interface RedisWarning {
  kind: 'memory' | 'policy' | 'clock' | 'durability'
  text: string
}

export interface RedisState {
  /** Undefined: reads and writes work. */
  fault: RedisFault | undefined
  warnings: RedisWarning[]
  /** Undefined without maxmemory. */
  memory: RedisMemory | undefined
}

const ANSWER_MS = 1_000
/** Longer than the interval of health checks. */
const PROBE_TTL_MS = 60_000
/** Share of maxmemory from which new scans are refused. */
const NEARLY_FULL = 0.9
const TOLERATED_SKEW_MS = 2_000

/**
 * Writes one key and reads INFO and TIME. A part without a reply within a second keeps its value of `before`. Never throws.
 */
export async function readRedisState(
  deps: { redis: Redis; keys: RedisKeys },
  before: RedisState,
): Promise<RedisState> {
  const answers = await Promise.race([checkTwice(deps), awaitTimeout()])
  if (answers === 'late') return { ...before, fault: describeRedisFault('unreachable') }
  const [written, info, clock] = answers
  const facts = info.status === 'fulfilled' ? parseRedisInfo(info.value) : undefined
  const memory = facts ? readMemory(facts) : before.memory
  const clockWarning = clock.status === 'fulfilled' ? judgeClock(clock.value) : []
  return {
    fault: written.status === 'fulfilled' ? undefined : toFault(written.reason, memory),
    warnings: facts ? [...judgeServer(facts, memory), ...clockWarning] : before.warnings,
    memory,
  }
}

/** Tries twice, because a new connection, or one replaced after a failover, may fail once without a fault of Redis. */
async function checkTwice(deps: { redis: Redis; keys: RedisKeys }) {
  const first = await runChecks(deps)
  const [written] = first
  const isAnswer = written.status === 'fulfilled' || classifyRedisReply(written.reason)
  if (isAnswer) return first
  if (deps.redis.status === 'ready') await once(deps.redis, 'close').catch(() => undefined)
  return runChecks(deps)
}

async function runChecks({ redis, keys }: { redis: Redis; keys: RedisKeys }) {
  if (redis.status !== 'ready') await once(redis, 'ready').catch(() => undefined)
  const sentAt = Date.now()
  return Promise.allSettled([
    redis.set(keys.writeProbe, '1', 'PX', PROBE_TTL_MS),
    redis.info(),
    redis.time().then((time) => ({ time, sentAt, at: Date.now() })),
  ])
}

/** Tests whether new scans would fill Redis. */
export function isNearlyFull(memory: RedisMemory | undefined): boolean {
  return memory !== undefined && memory.usedBytes >= NEARLY_FULL * memory.maxBytes
}

/** Resolves two event loop turns after the timeout, so that a busy process reads the replies in its socket first. */
async function awaitTimeout(): Promise<'late'> {
  await sleep(ANSWER_MS, { ref: false })
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  return 'late'
}

function toFault(error: unknown, memory: RedisMemory | undefined): RedisFault {
  return describeRedisFault(classifyRedisReply(error) ?? 'unreachable', memory)
}

function readMemory(facts: Map<string, string>): RedisMemory | undefined {
  const number = (name: string): number => Number(facts.get(name) ?? 0)
  const maxBytes = number('maxmemory')
  // maxmemory does not limit buffers of replicas and of the append-only file.
  const usedBytes = number('used_memory') - number('mem_not_counted_for_evict')
  return maxBytes > 0 ? { usedBytes, maxBytes } : undefined
}

function judgeServer(facts: Map<string, string>, memory: RedisMemory | undefined): RedisWarning[] {
  const policy = facts.get('maxmemory_policy')
  const warnings: RedisWarning[] = []
  if (memory && isNearlyFull(memory)) {
    const text = `Redis is nearly full: ${formatMemory(memory)}; new scans are refused. ${MEMORY_HINT}`
    warnings.push({ kind: 'memory', text })
  }
  if (policy !== undefined && policy !== 'noeviction') {
    const text = `Redis evicts keys when its memory is full (maxmemory-policy ${policy}), which loses jobs. Set \`maxmemory-policy noeviction\`.`
    warnings.push({ kind: 'policy', text })
  }
  if (facts.get('aof_enabled') === '0') {
    warnings.push({ kind: 'durability', text: NO_AOF_WARNING })
  }
  return warnings
}

interface ClockReading {
  time: (string | number)[]
  /** Times of the request and the reply, in ms of this clock. */
  sentAt: number
  at: number
}

/**
 * Compares the clocks. BullMQ uses the time of its clients, so a fast clock starts delayed jobs early: a delay of a minute took
 * 0.13 s on a clock that was an hour ahead. The duration of the request is tolerated in addition.
 */
function judgeClock({ time, sentAt, at }: ClockReading): RedisWarning[] {
  const [seconds, micros] = time
  const theirs = Number(seconds) * 1_000 + Number(micros) / 1_000
  const skewMs = Math.round((sentAt + at) / 2 - theirs)
  if (Math.abs(skewMs) <= TOLERATED_SKEW_MS + (at - sentAt) / 2) return []
  const text = `The clock of this process is ${Math.abs(skewMs) / 1_000} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of Redis; delays of retries are wrong by as much. Synchronise both clocks.`
  return [{ kind: 'clock', text }]
}
