import { randomUUID } from 'node:crypto'
import { MaxWaitError } from './max-wait-error.ts'
import { createPermit } from './permit.ts'
import type {
  AcquireResult,
  Admission,
  AdmissionRequest,
  BreakerChange,
  CallSize,
  Limiter,
  LimitKey,
  Permit,
  SettleResult,
  WaitReason,
} from '../types.ts'
import { createSleeper, type Sleeper } from './sleeper.ts'
import { withAbort } from '@capstan/shared/async/with-abort'
import { createWaitQueue, type WaitQueue } from './wait-queue.ts'

export interface AdmissionOptions {
  /** Called once for each change, in the process whose call caused it. */
  onBreaker?: (limitKey: LimitKey, change: BreakerChange) => void
  /** Called after each poll of the head of a wait queue, so often for the same wait. */
  onWait?: (limitKey: LimitKey, wait: { because: WaitReason; waitMs: number }) => void
  /** Longest interval between two polls: limits may relax sooner than estimated. */
  pollMs?: number
  random?: () => number
}

/** The waiting calls of one limit key in this process. */
interface WaitingCalls {
  limitKey: LimitKey
  queue: WaitQueue
  sleeper: Sleeper
}

/** A settled call may refund tokens, which no estimated wait includes. */
const POLL_MS = 500
/** Jitter: spreads processes that wait for the same moment. */
const JITTER_MS = 50

/** Opens admission control for this process. All processes share the limits of `limiter`. */
export function openAdmission(limiter: Limiter, options: AdmissionOptions = {}): Admission {
  const waiting = new Map<string, WaitingCalls>()
  const report = (limitKey: LimitKey, { breaker }: SettleResult | GrantedResult) => {
    if (breaker) options.onBreaker?.(limitKey, breaker)
  }
  const openPermit = (limitKey: LimitKey, lease: string, result: GrantedResult): Permit => {
    report(limitKey, result)
    return createPermit(lease, result, async (outcome) => {
      try {
        report(limitKey, await limiter.settle(limitKey, lease, outcome))
      } finally {
        waiting.get(nameLimitKey(limitKey))?.sleeper.wake()
      }
    })
  }
  return {
    acquire: async (request, signal) => {
      signal.throwIfAborted()
      const calls = openWaitingCalls(waiting, request.limitKey)
      const lease = randomUUID()
      const entry = calls.queue.join(request.maxWaitMs ?? Number.POSITIVE_INFINITY, request.onWait)
      try {
        await withAbort(entry.isHead, signal)
        const granted = await pollUntilGranted({ limiter, calls, lease, request, options }, signal)
        const permit = openPermit(request.limitKey, lease, granted.result)
        if (request.resize?.seal(granted.size) === false) return await releaseUnused(permit, signal)
        return permit
      } catch (error) {
        // The entry in Redis would block the callers behind it until it expires.
        if (signal.aborted) void limiter.leaveQueue(request.limitKey, lease).catch(() => undefined)
        throw error
      } finally {
        entry.leave()
      }
    },
  }
}

type GrantedResult = Extract<AcquireResult, { outcome: 'granted' }>

/** Refunds the whole reservation of a permit that no caller needs any more. Throws. */
async function releaseUnused(permit: Permit, signal: AbortSignal): Promise<never> {
  // If Redis is unreachable, the lease expires.
  await permit.fail('unsent').catch(() => undefined)
  signal.throwIfAborted()
  throw new Error('the permit is no longer needed')
}

interface PollContext {
  limiter: Limiter
  calls: WaitingCalls
  lease: string
  request: AdmissionRequest
  options: AdmissionOptions
}

async function pollUntilGranted(
  context: PollContext,
  signal: AbortSignal,
): Promise<{ result: GrantedResult; size: CallSize }> {
  const { calls, request, options } = context
  const { pollMs = POLL_MS, random = Math.random } = options
  const maxWaitMs = request.maxWaitMs ?? Number.POSITIVE_INFINITY
  for (;;) {
    const size = pickSize(request.resize?.estimate() ?? request)
    const result = await pollOnce(context, { ...size, maxWaitMs, pollMs }, signal)
    if (result.outcome === 'granted') return { result, size }
    const wait = { waitMs: result.waitMs, because: result.because }
    calls.queue.notify(wait)
    options.onWait?.(calls.limitKey, wait)
    if (result.waitMs > maxWaitMs) throw new MaxWaitError(result.waitMs, result.because)
    const sleepMs = Math.min(result.waitMs, pollMs) + random() * JITTER_MS
    await calls.sleeper.sleep(sleepMs, signal, result.because === 'concurrency')
  }
}

function pickSize({ characters, maxOutputTokens, types }: CallSize): CallSize {
  return { characters, maxOutputTokens, types }
}

async function pollOnce(
  { limiter, lease, request: { limitKey, ttlMs } }: PollContext,
  bounds: CallSize & { maxWaitMs: number; pollMs: number },
  signal: AbortSignal,
): Promise<AcquireResult> {
  const acquiring = limiter.acquire(limitKey, { lease, ttlMs, ...bounds })
  try {
    return await withAbort(acquiring, signal)
  } catch (error) {
    // The reply may still arrive; an unused grant is refunded.
    if (signal.aborted) void refundLateGrant(limiter, limitKey, lease, acquiring)
    throw error
  }
}

async function refundLateGrant(
  limiter: Limiter,
  limitKey: LimitKey,
  lease: string,
  acquiring: Promise<AcquireResult>,
): Promise<void> {
  try {
    const result = await acquiring
    if (result.outcome === 'granted') await limiter.settle(limitKey, lease, { kind: 'unsent' })
    else await limiter.leaveQueue(limitKey, lease)
  } catch {
    // Redis is unreachable: the lease and the queue entry expire.
  }
}

function openWaitingCalls(waiting: Map<string, WaitingCalls>, limitKey: LimitKey): WaitingCalls {
  const name = nameLimitKey(limitKey)
  const calls = waiting.get(name) ?? {
    limitKey,
    queue: createWaitQueue(),
    sleeper: createSleeper(),
  }
  waiting.set(name, calls)
  return calls
}

function nameLimitKey({ account, model }: LimitKey): string {
  return JSON.stringify([account, model])
}
