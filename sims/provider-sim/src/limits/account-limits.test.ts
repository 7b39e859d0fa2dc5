import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimConfig, type SimConfigInput } from '../sim-config.ts'
import { AccountLimits, type LimitRequest } from './account-limits.ts'

function open(config: SimConfigInput): AccountLimits {
  return new AccountLimits(SimConfig.parse(config))
}

function call(inputTokens: number, more: Partial<LimitRequest> & { maxTokens?: number } = {}) {
  const { maxTokens = 0, ...rest } = more
  return {
    account: 'a',
    model: 'm',
    defaultGroup: 'default',
    cost: { inputTokens, cachedTokens: 0, maxTokens },
    reserves: false,
    ...rest,
  }
}

const remaining = (limits: AccountLimits, name: string, nowMs = 0, model = 'm') =>
  limits
    .admit(call(1e12, { model }), nowMs)
    .view(nowMs)
    .find((bucket) => bucket.name === name)?.remaining

test('a rejected call takes neither a request nor tokens', () => {
  const limits = open({ limits: { requestsPerMinute: 2, tokensPerMinute: 100 } })
  expect(limits.admit(call(90), 0).refusedBy).toBeUndefined()
  const refused = limits.admit(call(90), 0)
  expect(refused).toMatchObject({ refusedBy: 'tokens', retryAfterMs: 48_000 })
  expect(refused.levels.map(({ took }) => took)).toEqual([0, 0])
  expect(limits.admit(call(5), 0).refusedBy).toBeUndefined()
  expect(limits.admit(call(1), 0).refusedBy).toBe('requests')
})

test('accounts and model groups have separate buckets, and models of one group share them', () => {
  const limits = open({
    limits: { requestsPerMinute: 1 },
    modelGroups: [
      { name: 'small', models: ['small-'], limits: { requestsPerMinute: 2 } },
      { name: 'large', models: ['large-'], limits: { requestsPerMinute: 1 } },
    ],
    accounts: [{ name: 'rich', keys: ['k'], limits: { requestsPerMinute: 3 } }],
  })
  const groups = ['small-1', 'small-2', 'small-3', 'large-1', 'other', 'another'].map(
    (model) => limits.admit(call(1, { model }), 0).refusedBy,
  )
  expect(groups).toEqual([undefined, undefined, 'requests', undefined, undefined, 'requests'])
  const rich = [1, 2, 3, 4].map(() => limits.admit(call(1, { account: 'rich' }), 0).refusedBy)
  expect(rich).toEqual([undefined, undefined, undefined, 'requests'])
  expect(limits.admit(call(1, { account: 'b' }), 0).refusedBy).toBeUndefined()
})

test('cached input is free for ITPM unless the limit counts it, and never for a combined limit', () => {
  const cost = { inputTokens: 10, cachedTokens: 80, maxTokens: 0 }
  const left = (config: SimConfigInput['limits'], name: string) => {
    const limits = open({ limits: config })
    limits.admit(call(0, { cost }), 0)
    return remaining(limits, name)
  }
  expect(left({ inputTokensPerMinute: 100 }, 'input-tokens')).toBe(90)
  expect(left({ inputTokensPerMinute: 100, countsCachedInput: true }, 'input-tokens')).toBe(10)
  expect(left({ tokensPerMinute: 100 }, 'tokens')).toBe(10)
})

test('output is debited when it is produced, even below zero, and blocks the next call', () => {
  const limits = open({ limits: { outputTokensPerMinute: 60 } })
  const first = limits.admit(call(1, { maxTokens: 1000 }), 0)
  const second = limits.admit(call(1, { maxTokens: 1000 }), 0)
  expect([first.refusedBy, second.refusedBy]).toEqual([undefined, undefined])
  first.settle(50, 0)
  second.settle(40, 0)
  expect(limits.admit(call(1), 0)).toMatchObject({
    refusedBy: 'output-tokens',
    retryAfterMs: 31_000,
  })
})

test.each([
  ['comes back', true, 100 - 10 - 20],
  ['stays taken where the service does not correct it', false, 100 - 10 - 50],
])('the unused reservation of a combined bucket %s', (_, refundsReserved, left) => {
  const limits = open({ limits: { tokensPerMinute: 100, refundsReserved } })
  const admitted = limits.admit(call(10, { maxTokens: 50, reserves: true }), 0)
  expect(remaining(limits, 'tokens')).toBe(40)
  admitted.settle(20, 0)
  expect(remaining(limits, 'tokens')).toBe(left)
})

test('rejected calls use up requests if the service counts them', () => {
  const limits = open({
    limits: { requestsPerMinute: 10, inputTokensPerMinute: 5, countsRefused: true },
  })
  limits.admit(call(5), 0)
  limits.admit(call(5), 0)
  expect(limits.admit(call(5), 0).levels[0]?.level).toBe(8)
})

describe('limits that change at run time', () => {
  const changes = (announced: boolean) => [
    { atSeconds: 10, limits: { requestsPerMinute: 30 }, announced },
  ]

  test('a change keeps the level of a bucket up to the new capacity, and headers show it', () => {
    const limits = open({ limits: { requestsPerMinute: 60 }, changes: changes(true) })
    const admitted = limits.admit(call(1), 0)
    expect(admitted.view(0)[0]).toMatchObject({ limit: 60, remaining: 59 })
    expect(admitted.view(10_000)[0]).toMatchObject({ limit: 30, remaining: 30 })
  })

  test('headers do not show a hidden change', () => {
    const limits = open({ limits: { requestsPerMinute: 60 }, changes: changes(false) })
    const refused = Array.from({ length: 40 }, () => limits.admit(call(1), 10_000)).at(-1)
    expect(refused).toMatchObject({ refusedBy: 'requests' })
    expect(refused?.view(10_000)[0]).toMatchObject({ limit: 60, remaining: 0 })
    expect(limits.announcedTo('a', 'm', 10_000).limits).toMatchObject({ requestsPerMinute: 60 })
  })

  test('a raised limit refills the bucket from the moment it applies, also if the bucket is read later', () => {
    const limits = open({
      limits: { requestsPerMinute: 1 },
      changes: [{ atSeconds: 10, limits: { requestsPerMinute: 60 } }],
    })
    limits.admit(call(1), 0)
    const [level] = limits.admit(call(1), 20_000).levels
    expect(level?.level).toBeCloseTo(10 / 60 + 10, 6)
  })

  test('a change for one account does not affect others', () => {
    const limits = open({ limits: { requestsPerMinute: 60 } })
    limits.change({ atSeconds: 0, account: 'b', limits: { requestsPerMinute: 1 }, announced: true })
    expect(limits.limitsOf('a', 'm', 0)?.requestsPerMinute).toBe(60)
    expect(limits.limitsOf('b', 'm', 0)?.requestsPerMinute).toBe(1)
  })
})

test('no period admits more than a full bucket and its refill, and a call is admitted after the wait that its rejection names', () => {
  const arrival = fc.record({
    afterMs: fc.integer({ min: 0, max: 9000 }),
    tokens: fc.integer({ min: 0, max: 1200 }),
  })
  fc.assert(
    fc.property(
      fc.record({
        requests: fc.integer({ min: 1, max: 120 }),
        tokens: fc.integer({ min: 100, max: 5000 }),
        burst: fc.integer({ min: 5, max: 60 }),
      }),
      fc.array(arrival, { maxLength: 80 }),
      ({ requests, tokens, burst }, arrivals) => {
        const limits = open({
          limits: {
            requestsPerMinute: requests,
            inputTokensPerMinute: tokens,
            burstSeconds: { requests: burst, tokens: 60 },
          },
        })
        const admitted: { atMs: number; tokens: number }[] = []
        let nowMs = 0
        for (const { afterMs, tokens: modelRequest } of arrivals) {
          nowMs += afterMs
          // An amount larger than a bucket needs a full one and leaves it in debt, which is not tested here.
          const amount = Math.min(modelRequest, tokens)
          const verdict = limits.admit(call(amount), nowMs)
          if (verdict.refusedBy === undefined) admitted.push({ atMs: nowMs, tokens: amount })
          expect(verdict.retryAfterMs > 0).toBe(verdict.refusedBy !== undefined)
          const again = limits.admit(call(amount), nowMs + Math.ceil(verdict.retryAfterMs))
          nowMs += Math.ceil(verdict.retryAfterMs)
          if (verdict.refusedBy !== undefined) expect(again.refusedBy).toBeUndefined()
          if (again.refusedBy === undefined) admitted.push({ atMs: nowMs, tokens: amount })
        }
        for (const [from, first] of admitted.entries()) {
          let [count, sum] = [0, 0]
          for (const { atMs, tokens: took } of admitted.slice(from)) {
            count += 1
            sum += took
            const spanMs = atMs - first.atMs
            const holds = Math.max(1, (requests * burst) / 60)
            expect(count).toBeLessThanOrEqual(holds + (spanMs * requests) / 60_000 + 1e-6)
            expect(sum).toBeLessThanOrEqual(tokens + (spanMs * tokens) / 60_000 + 1e-6)
          }
        }
      },
    ),
  )
})
