import { expect, test } from 'vitest'
import { AccountLimits } from './account-limits.ts'
import { drawLatencyMs } from './draw.ts'
import { SimConfig } from './sim-config.ts'
import { TokenBucket } from './token-bucket.ts'

test('a bucket starts full, refills continuously and never overflows', () => {
  const bucket = new TokenBucket(60, 0)
  bucket.take(60, 0)
  expect(bucket.waitMs(1, 0)).toBe(1000)
  expect(bucket.waitMs(1, 1000)).toBe(0)
  expect(bucket.level(3_600_000)).toBe(60)
})

test('a refused call takes neither a request nor tokens', () => {
  const limits = new AccountLimits({ requestsPerMinute: 2, tokensPerMinute: 100 })
  expect(limits.admit('a', 90, 0).admitted).toBe(true)
  expect(limits.admit('a', 90, 0)).toMatchObject({
    admitted: false,
    view: { requests: { remaining: 1 } },
  })
  expect(limits.admit('a', 5, 0).admitted).toBe(true)
  expect(limits.admit('b', 90, 0).admitted).toBe(true)
})

test('the latency of a type depends on seed and definition alone and stays in its range', () => {
  const config = SimConfig.parse({
    seed: 7,
    latency: { kind: 'uniform', minMs: 4000, maxMs: 6000 },
  })
  const drawn = Array.from({ length: 200 }, (_, index) => drawLatencyMs(config, `type ${index}`))
  expect(drawn).toEqual(
    Array.from({ length: 200 }, (_, index) => drawLatencyMs(config, `type ${index}`)),
  )
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(4000)
  expect(Math.max(...drawn)).toBeLessThan(6000)
  expect(drawLatencyMs({ ...config, seed: 8 }, 'type 0')).not.toBe(drawn[0])
})
