import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { CallSize } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { readAccountLimits } from '../src/accounts/account-limits.ts'
import type { Account } from '../src/accounts/account.ts'
import { acquirePermit } from '../src/call/with-permit/acquire-permit.ts'

const MODEL = 'claude-sonnet-5'
const WAIT = {
  model: MODEL,
  characters: 400,
  maxOutputTokens: 100,
  ttlMs: 60_000,
  maxWaitMs: 30_000,
}
const STILL = new AbortController().signal

function unused(): never {
  throw new Error('no model is called here')
}

function openAccounts(weights: Record<string, number> = {}) {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const accounts = ['left', 'right'].map((name): Account => ({
    name,
    provider: 'anthropic',
    weight: weights[name],
    limits: readAccountLimits('anthropic', 'rpm=600'),
    model: unused,
    batches: unused,
  }))
  const limitsOf = accounts[0]!.limits
  const limiter = openLimiter({ redis, keys, limitsFor: () => limitsOf })
  const deps = { limiter, admission: openAdmission(limiter, { pollMs: 20 }) }
  const [left, right] = [
    { account: 'left', model: MODEL },
    { account: 'right', model: MODEL },
  ]
  const configure = () =>
    Promise.all([left, right].map((limitKey) => limiter.configure(limitKey, limitsOf)))
  return { accounts, deps, limiter, left, right, configure }
}

test('a call that waits for several accounts uses the first permit, even of the account with the longer forecast', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  await limiter.pause(left, 20_000, 'looks nearer')
  await limiter.pause(right, 25_000, 'looks further')
  const acquiring = acquirePermit(deps, accounts, WAIT, STILL)
  await limiter.resume(right)
  const { account, permit } = await acquiring
  expect(account.name).toBe('right')
  await permit.settle(NO_USAGE)
  // Nothing is left at the other account: no lease, and soon no entry in its wait queue.
  await until('the empty wait queue', async () => {
    const { waiting, concurrency } = await limiter.snapshot(left)
    return waiting === 0 && concurrency.inFlight === 0 ? true : undefined
  })
})

test('of two permits granted at the same moment one is used and the other is fully refunded', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  const routes = [left, right]
  for (const limitKey of routes) await limiter.pause(limitKey, 20_000, 'both')
  const before = await limiter.snapshot(left)
  const acquiring = acquirePermit(deps, accounts, WAIT, STILL)
  await Promise.all(routes.map((limitKey) => limiter.resume(limitKey)))
  const { account, permit } = await acquiring
  const other = account.name === 'left' ? right : left
  const after = await until('the release of the other permit', async () => {
    const look = await limiter.snapshot(other)
    return look.concurrency.inFlight === 0 && look.waiting === 0 ? look : undefined
  })
  expect(after.dimensions).toEqual(before.dimensions)
  await permit.settle(NO_USAGE)
})

/** A call about one type that grows to five at the first look, and uses one permit. */
function growing() {
  const accepted: CallSize[] = []
  const { promise: looked, resolve } = Promise.withResolvers<void>()
  return {
    accepted,
    looked,
    wait: {
      ...WAIT,
      resize: {
        estimate: () => {
          resolve()
          return { characters: 2_000, maxOutputTokens: 500, types: 5 }
        },
        seal: (size: CallSize) => accepted.push(size) === 1,
      },
    },
  }
}

test('a multi-type prompt does not grow when an account admits it at once', async () => {
  const { accounts, deps, limiter, left, configure } = openAccounts()
  await configure()
  await limiter.pause(left, 20_000, 'not now')
  const { accepted, wait } = growing()
  const { account, permit } = await acquirePermit(deps, accounts, wait, STILL)
  expect(account.name).toBe('right')
  expect(accepted).toMatchObject([{ characters: WAIT.characters }])
  await permit.settle(NO_USAGE)
})

test('a multi-type prompt that has grown uses one of two permits and releases the other', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  const routes = [left, right]
  for (const limitKey of routes) await limiter.pause(limitKey, 20_000, 'both')
  const { accepted, looked, wait } = growing()
  const acquiring = acquirePermit(deps, accounts, wait, STILL)
  await looked
  await Promise.all(routes.map((limitKey) => limiter.resume(limitKey)))
  const { permit } = await acquiring
  expect(accepted[0]).toMatchObject({ types: 5 })
  await permit.settle(NO_USAGE)
  await until('the release of the other permit', async () => {
    const looks = await Promise.all(routes.map((limitKey) => limiter.snapshot(limitKey)))
    return looks.every(({ concurrency }) => concurrency.inFlight === 0) ? true : undefined
  })
})

test('a wait that is too long at all accounts reports the shortest one', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  await limiter.pause(left, 90_000, 'far')
  await limiter.pause(right, 60_000, 'nearer')
  const error: unknown = await acquirePermit(deps, accounts, WAIT, STILL).catch(
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MaxWaitError)) throw error
  expect(error.waitMs).toBeLessThanOrEqual(60_000)
})

test('a waiting call that is aborted throws the reason', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  for (const limitKey of [left, right]) await limiter.pause(limitKey, 20_000, 'both')
  const stop = new AbortController()
  const acquiring = acquirePermit(deps, accounts, WAIT, stop.signal)
  stop.abort('canceled')
  await expect(acquiring).rejects.toBe('canceled')
})

/** How many of so many calls that start together each account gets. */
async function sharesOf(
  { accounts, deps }: Pick<ReturnType<typeof openAccounts>, 'accounts' | 'deps'>,
  calls: number,
): Promise<Record<string, number>> {
  const acquiring = Array.from({ length: calls }, () => acquirePermit(deps, accounts, WAIT, STILL))
  const permits = await Promise.all(acquiring)
  const shares: Record<string, number> = { left: 0, right: 0 }
  for (const { account } of permits) shares[account.name] = (shares[account.name] ?? 0) + 1
  await Promise.all(permits.map(({ permit }) => permit.settle(NO_USAGE)))
  return shares
}

test('calls that start together are distributed by the weights of the accounts, evenly without weights', async () => {
  const plain = openAccounts()
  await plain.configure()
  const even = await sharesOf(plain, 32)
  expect(Math.abs((even['left'] ?? 0) - 16)).toBeLessThanOrEqual(2)
  const weighted = openAccounts({ left: 1, right: 3 })
  await weighted.configure()
  const shares = await sharesOf(weighted, 32)
  expect(Math.abs((shares['right'] ?? 0) - 24)).toBeLessThanOrEqual(2)
})

test('a paused account with a large weight gets no calls, and its share again afterwards', async () => {
  const opened = openAccounts({ left: 1, right: 3 })
  const { limiter, right, configure } = opened
  await configure()
  await limiter.pause(right, 60_000, 'throttled')
  expect(await sharesOf(opened, 12)).toEqual({ left: 12, right: 0 })
  await limiter.resume(right)
  expect((await sharesOf(opened, 12))['right']).toBeGreaterThan(6)
})
