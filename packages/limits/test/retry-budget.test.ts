import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openRetryBudget } from '@capstan/limits/budgets/retry-budget'
import { createScanId } from '@capstan/shared/scan-id'
import { testRedis } from '@capstan/testkit/redis'

const { url, keys } = testRedis()
const redis = new Redis(url)
const budget = openRetryBudget(redis, keys)
afterAll(() => redis.quit())

test('a scan has ten retries, and one more for every four successes', async () => {
  const id = createScanId()
  for (let n = 0; n < 10; n += 1) expect(await budget.mayRetry(id, `type-${n}`, 1)).toBe(true)
  expect(await budget.mayRetry(id, 'type-10', 1)).toBe(false)
  const succeeded = keys.scanStatus(id, 'succeeded')
  for (let n = 0; n < 7; n += 1) await redis.zadd(succeeded, n, `good-${n}`)
  expect(await budget.mayRetry(id, 'type-10', 1)).toBe(true)
  expect(await budget.mayRetry(id, 'type-11', 1)).toBe(false)
})

test('repeated requests for one attempt spend one retry; the next attempt spends another', async () => {
  const id = createScanId()
  for (let n = 0; n < 30; n += 1) expect(await budget.mayRetry(id, 'services', 1)).toBe(true)
  for (let epoch = 2; epoch <= 10; epoch += 1) {
    expect(await budget.mayRetry(id, 'services', epoch)).toBe(true)
  }
  expect(await budget.mayRetry(id, 'services', 11)).toBe(false)
  expect(await budget.mayRetry(id, 'services', 10)).toBe(true)
})

test('a retry budget belongs to one scan and expires after a month', async () => {
  const [one, other] = [createScanId(), createScanId()]
  for (let epoch = 1; epoch <= 11; epoch += 1) await budget.mayRetry(one, 'services', epoch)
  expect(await budget.mayRetry(one, 'services', 12)).toBe(false)
  expect(await budget.mayRetry(other, 'services', 12)).toBe(true)
  expect(await redis.ttl(keys.scanRetries(one))).toBeGreaterThan(0)
})
