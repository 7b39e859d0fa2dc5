import { Redis } from 'ioredis'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type {
  BreakerChange,
  CallSize,
  ConfiguredLimits,
  Limiter,
  LimitKey,
  AdmissionRequest,
  AdmissionWait,
} from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { FREE, newLimitKey } from './limiter-fixtures.ts'

const { url, keys } = testRedis()
const connections = [new Redis(url), new Redis(url)] as const
const [redis] = connections
const allowed = new Map<string, ConfiguredLimits>()
const limitsFor = ({ account }: LimitKey): ConfiguredLimits => allowed.get(account) ?? FREE
const limiter = openLimiter({ redis, keys, limitsFor })
const second = openLimiter({ redis: connections[1], keys, limitsFor })
afterAll(() => {
  for (const connection of connections) connection.disconnect()
})

const NEVER = new AbortController().signal
const USAGE = { inputTokens: 100, cachedTokens: 0, outputTokens: 50 }

function request(limitKey: LimitKey, changes: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return { limitKey, characters: 400, maxOutputTokens: 50, ttlMs: 70_000, ...changes }
}

function limitKeyWith(limits: Partial<ConfiguredLimits>): LimitKey {
  const limitKey = newLimitKey()
  allowed.set(limitKey.account, { ...FREE, ...limits })
  return limitKey
}

const oneAtATime = (): LimitKey => limitKeyWith({ concurrency: { start: 1, max: 1 } })

async function inFlight(limitKey: LimitKey): Promise<number> {
  return (await limiter.snapshot(limitKey)).concurrency.inFlight
}

/** The real limiter with a counter of acquire commands. */
function counting(inner: Limiter): { limiter: Limiter; polls: () => number } {
  let count = 0
  const acquire: Limiter['acquire'] = (limitKey, attempt) => {
    count += 1
    return inner.acquire(limitKey, attempt)
  }
  return { limiter: { ...inner, acquire }, polls: () => count }
}

describe('a permit', () => {
  test('a permit holds its slot until it is settled', async () => {
    const admission = openAdmission(limiter)
    const limitKey = newLimitKey()
    const permit = await admission.acquire(request(limitKey), NEVER)
    expect(permit.reserved).toMatchObject({ requests: 1, 'input-tokens': 100 })
    expect(await inFlight(limitKey)).toBe(1)
    await permit.settle(USAGE)
    expect(await inFlight(limitKey)).toBe(0)
  })

  test('a permit ends once, with its first outcome', async () => {
    const admission = openAdmission(limiter)
    const limitKey = limitKeyWith({ perMinute: { 'input-tokens': 600_000 } })
    const permit = await admission.acquire(request(limitKey, { characters: 400_000 }), NEVER)
    await Promise.all([permit.fail('unsent'), permit.settle(USAGE), permit.fail('timeout')])
    const { dimensions, latency } = await limiter.snapshot(limitKey)
    expect(dimensions['input-tokens']).toMatchObject({ available: 594_000 })
    expect(latency).toBeNull()
  })

  test('a permit that is disposed without an outcome frees its slot', async () => {
    const admission = openAdmission(limiter)
    const limitKey = newLimitKey()
    const work = async (): Promise<void> => {
      await using permit = await admission.acquire(request(limitKey), NEVER)
      expect(await inFlight(limitKey)).toBe(1)
      throw new Error(`broken beside ${permit.lease}`)
    }
    await expect(work()).rejects.toThrow('broken beside')
    expect(await inFlight(limitKey)).toBe(0)
  })

  test('a breaker change is reported once, in the process whose call caused it', async () => {
    const changes: BreakerChange[] = []
    const admission = openAdmission(limiter, { onBreaker: (_, change) => changes.push(change) })
    const others: BreakerChange[] = []
    const other = openAdmission(second, { onBreaker: (_, change) => others.push(change) })
    const limitKey = newLimitKey()
    for (let n = 0; n < 5; n += 1) {
      const permit = await (n < 4 ? other : admission).acquire(request(limitKey), NEVER)
      await permit.fail('overload')
    }
    expect(others).toEqual([])
    expect(changes).toMatchObject([{ to: 'open' }])
  })
})

describe('waiting calls', () => {
  test('waiting calls get permits in order of arrival', async () => {
    const admission = openAdmission(limiter)
    const limitKey = oneAtATime()
    const first = await admission.acquire(request(limitKey), NEVER)
    const order: number[] = []
    const rest = [1, 2, 3, 4].map(async (n) => {
      const permit = await admission.acquire(request(limitKey), NEVER)
      order.push(n)
      await permit.settle(USAGE)
    })
    await first.settle(USAGE)
    await Promise.all(rest)
    expect(order).toEqual([1, 2, 3, 4])
  })

  test('all waiting calls are notified of reason and wait, while only the head of the wait queue polls', async () => {
    const limitKey = newLimitKey()
    await limiter.pause(limitKey, 3_600_000, 'test')
    const { limiter: counted, polls } = counting(limiter)
    const admission = openAdmission(counted, { pollMs: 1, random: () => 0 })
    const leaving = new AbortController()
    const notifications = Array.from({ length: 20 }, () => Array<AdmissionWait>())
    const permits = notifications.map((waits) =>
      admission.acquire(request(limitKey, { onWait: (wait) => waits.push(wait) }), leaving.signal),
    )
    await until('the last call to be notified', () => notifications[19]!.length >= 5 || undefined)
    leaving.abort(new Error('enough'))
    const outcomes = await Promise.allSettled(permits)
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']))
    expect(notifications.map((waits) => waits[0]?.position)).toEqual(
      notifications.map((_, position) => position),
    )
    expect(notifications[19]![0]).toMatchObject({ because: 'paused' })
    // The head was notified of each reply; one more poll may have been in flight.
    expect(polls()).toBeLessThanOrEqual(notifications[0]!.length + 2)
  })

  test('a resizable call is granted at its current size and sealed with it', async () => {
    const admission = openAdmission(limiter, { pollMs: 1, random: () => 0 })
    const limitKey = oneAtATime()
    const held = await admission.acquire(request(limitKey), NEVER)
    const notified = Promise.withResolvers<AdmissionWait>()
    let characters = 400
    const granted: CallSize[] = []
    const resize: AdmissionRequest['resize'] = {
      estimate: () => ({ characters, maxOutputTokens: 50, types: 3 }),
      seal: (size) => granted.push(size) > 0,
    }
    const waiting = admission.acquire(
      request(limitKey, { onWait: notified.resolve, resize }),
      NEVER,
    )
    const behind = admission.acquire(request(limitKey), NEVER)
    await notified.promise
    characters = 4_000
    await held.settle(USAGE)
    const permit = await waiting
    expect(permit.reserved['input-tokens']).toBe(1_000)
    expect(granted).toMatchObject([{ characters: 4_000, types: 3 }])
    await permit.settle(USAGE)
    await (await behind).settle(USAGE)
  })

  test('a permit that its caller no longer needs is refunded in full', async () => {
    const admission = openAdmission(limiter)
    const limitKey = limitKeyWith({ perMinute: { tokens: 100_000 } })
    const resize = { estimate: () => request(limitKey), seal: () => false }
    const permit = admission.acquire(request(limitKey, { resize }), NEVER)
    await expect(permit).rejects.toThrow('no longer needed')
    expect(await limiter.snapshot(limitKey)).toMatchObject({
      dimensions: { tokens: { available: 99_000 } },
      concurrency: { inFlight: 0 },
    })
  })

  test('an aborted call leaves the wait queue at once', async () => {
    const admission = openAdmission(limiter)
    const limitKey = oneAtATime()
    const held = await admission.acquire(request(limitKey), NEVER)
    const leaving = new AbortController()
    const notified = Promise.withResolvers<AdmissionWait>()
    const waiting = admission.acquire(
      request(limitKey, { onWait: notified.resolve }),
      leaving.signal,
    )
    const behind = admission.acquire(request(limitKey), NEVER)
    expect(await notified.promise).toMatchObject({ because: 'concurrency' })
    leaving.abort(new Error('scan canceled'))
    await expect(waiting).rejects.toThrow('scan canceled')
    await held.settle(USAGE)
    await (await behind).settle(USAGE)
    expect(await limiter.snapshot(limitKey)).toMatchObject({
      waiting: 0,
      wait: null,
      concurrency: { inFlight: 0 },
      expiredLeases: 0,
    })
  })

  test('a permit granted to a call that was just aborted is refunded in full', async () => {
    const admission = openAdmission(limiter)
    const limitKey = limitKeyWith({ perMinute: { tokens: 100_000 } })
    await limiter.configure(limitKey, limitsFor(limitKey))
    const leaving = new AbortController()
    const polls = Promise.withResolvers<void>()
    const { acquire } = limiter
    const watched: Limiter = {
      ...limiter,
      acquire: (...args) => {
        const answer = acquire(...args)
        polls.resolve()
        return answer
      },
    }
    const permit = openAdmission(watched).acquire(request(limitKey), leaving.signal)
    await polls.promise
    leaving.abort(new Error('gone'))
    await expect(permit).rejects.toThrow('gone')
    // Sent on the same connection, so it follows the settle command.
    await until(
      'the permit to come back',
      async () => (await inFlight(limitKey)) === 0 || undefined,
    )
    expect((await limiter.snapshot(limitKey)).dimensions.tokens?.available).toBe(99_000)
    await (await admission.acquire(request(limitKey), NEVER)).settle(USAGE)
  })

  test('a call at any position gives up when the wait exceeds its max wait', async () => {
    const admission = openAdmission(limiter)
    const limitKey = newLimitKey()
    await limiter.pause(limitKey, 600_000, 'test')
    const leaving = new AbortController()
    const patient = admission.acquire(request(limitKey), leaving.signal)
    const hasty = admission.acquire(request(limitKey, { maxWaitMs: 2_000 }), NEVER)
    const error = await hasty.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(MaxWaitError)
    expect(error).toMatchObject({ because: 'paused' })
    leaving.abort(new Error('enough'))
    await expect(patient).rejects.toThrow('enough')
    await expect(
      admission.acquire(request(limitKey, { maxWaitMs: 2_000 }), NEVER),
    ).rejects.toBeInstanceOf(MaxWaitError)
  })

  test('calls of several processes share the slots, and each gets a permit', async () => {
    const limitKey = limitKeyWith({ concurrency: { start: 3, max: 3 } })
    let now = 0
    let most = 0
    const work = async (of: Limiter): Promise<void> => {
      const admission = openAdmission(of, { pollMs: 20 })
      const calls = Array.from({ length: 15 }, async () => {
        const permit = await admission.acquire(request(limitKey), NEVER)
        now += 1
        most = Math.max(most, now)
        await redis.ping()
        now -= 1
        await permit.settle(USAGE)
      })
      await Promise.all(calls)
    }
    await Promise.all([work(limiter), work(second)])
    expect(most).toBeLessThanOrEqual(3)
    expect(await inFlight(limitKey)).toBe(0)
  })

  test('a Redis error reaches the head, and the next call polls again', async () => {
    const limitKey = newLimitKey()
    let broken = true
    const failing: Limiter = {
      ...limiter,
      acquire: (...args) =>
        broken ? Promise.reject(new Error('Connection is closed.')) : limiter.acquire(...args),
    }
    const admission = openAdmission(failing)
    const first = admission.acquire(request(limitKey), NEVER)
    const second = first.catch(() => {
      broken = false
      return admission.acquire(request(limitKey), NEVER)
    })
    await expect(first).rejects.toThrow('Connection is closed.')
    await (await second).settle(USAGE)
  })
})

test('the clock of a client has no effect on leases', async () => {
  const limitKey = newLimitKey()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  try {
    await limiter.pause(limitKey, 60_000, 'by one whose clock is fast')
    vi.setSystemTime(Date.now() - 7_200_000)
    const { paused } = await second.snapshot(limitKey)
    expect(paused?.forMs).toBeLessThanOrEqual(60_000)
    expect(paused?.forMs).toBeGreaterThan(0)
    await second.resume(limitKey)
    const permit = await openAdmission(second).acquire(request(limitKey, { ttlMs: 60_000 }), NEVER)
    vi.setSystemTime(Date.now() + 7_200_000)
    // A lease of a minute from a client whose clock is an hour behind has not expired.
    expect(await limiter.expireLeases(limitKey)).toBe(0)
    await permit.settle(USAGE)
    expect((await limiter.snapshot(limitKey)).latency?.medianMs).toBeLessThan(60_000)
  } finally {
    vi.useRealTimers()
  }
})
