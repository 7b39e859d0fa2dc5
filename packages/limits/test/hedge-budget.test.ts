import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openHedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import { testRedis } from '@capstan/testkit/redis'

function open() {
  const { url, keys } = testRedis()
  const connect = () => {
    const redis = new Redis(url)
    onTestFinished(() => redis.disconnect())
    return openHedgeBudget(redis, keys)
  }
  return { one: connect(), other: connect() }
}

test('twenty calls of any process earn one hedged request, which one process can spend', async () => {
  const { one, other } = open()
  for (let call = 0; call < 19; call += 1) await (call % 2 ? one : other).earn()
  expect(await one.spend()).toBe(false)
  await one.earn()
  const spent = await Promise.all([one.spend(), other.spend(), one.spend()])
  expect(spent.filter(Boolean)).toHaveLength(1)
})

test('the credit is bounded to ten hedged requests', async () => {
  const { one: budget } = open()
  await Promise.all(Array.from({ length: 500 }, () => budget.earn()))
  const spent = await Promise.all(Array.from({ length: 25 }, () => budget.spend()))
  expect(spent.filter(Boolean)).toHaveLength(10)
})
