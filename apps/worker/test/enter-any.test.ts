import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { CallSize } from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { accountLimits } from '../src/gate/account-limits.ts'
import type { Account } from '../src/gate/account.ts'
import { enterAny } from '../src/gate/enter-any.ts'

const MODEL = 'claude-sonnet-5'
const WANTED = { model: MODEL, characters: 400, maxOutputTokens: 100, ttlMs: 60_000 }
const STILL = new AbortController().signal

function nobody(): never {
  throw new Error('nobody is called here')
}

function openAccounts(weights: Record<string, number> = {}) {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const accounts = ['left', 'right'].map((name): Account => ({
    name,
    provider: 'anthropic',
    weight: weights[name],
    limits: accountLimits('anthropic', 'rpm=600'),
    model: nobody,
    batches: nobody,
  }))
  const limitsFor = accounts[0]!.limits
  const limiter = openLimiter({ redis, keys, limitsFor: () => limitsFor })
  const deps = { limiter, admission: openAdmission(limiter, { pollMs: 20 }) }
  const [left, right] = [
    { account: 'left', model: MODEL },
    { account: 'right', model: MODEL },
  ]
  const configure = () =>
    Promise.all([left, right].map((limitKey) => limiter.configure(limitKey, limitsFor)))
  return { accounts, deps, limiter, left, right, configure }
}

test('a call that waits takes the first turn of any account, not of the one that looked nearer', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  await limiter.pause(left, 20_000, 'looks nearer')
  await limiter.pause(right, 25_000, 'looks further')
  const entering = enterAny(deps, accounts, WANTED, STILL)
  await limiter.resume(right)
  const { account, turn } = await entering
  expect(account.name).toBe('right')
  await turn.settle(NO_USAGE)
  // Nothing is left behind at the other account: no lease, and soon no place in its line.
  await until('the empty line', async () => {
    const { waiting, concurrency } = await limiter.snapshot(left)
    return waiting === 0 && concurrency.inFlight === 0 ? true : undefined
  })
})

test('two turns at the same moment: one is used, the other goes back whole', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  const routes = [left, right]
  for (const limitKey of routes) await limiter.pause(limitKey, 20_000, 'both')
  const before = await limiter.snapshot(left)
  const entering = enterAny(deps, accounts, WANTED, STILL)
  await Promise.all(routes.map((limitKey) => limiter.resume(limitKey)))
  const { account, turn } = await entering
  const other = account.name === 'left' ? right : left
  const after = await until('the other turn to be given back', async () => {
    const look = await limiter.snapshot(other)
    return look.concurrency.inFlight === 0 && look.waiting === 0 ? look : undefined
  })
  expect(after.dimensions).toEqual(before.dimensions)
  await turn.settle(NO_USAGE)
})

/** A call about one type that is about five as soon as it is looked at, and takes one turn. */
function growing() {
  const accepted: CallSize[] = []
  const { promise: looked, resolve } = Promise.withResolvers<void>()
  return {
    accepted,
    looked,
    wanted: {
      ...WANTED,
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

test('a call does not grow when any account has a turn at once', async () => {
  const { accounts, deps, limiter, left, configure } = openAccounts()
  await configure()
  await limiter.pause(left, 20_000, 'not now')
  const { accepted, wanted } = growing()
  const { account, turn } = await enterAny(deps, accounts, wanted, STILL)
  expect(account.name).toBe('right')
  expect(accepted).toMatchObject([{ characters: WANTED.characters }])
  await turn.settle(NO_USAGE)
})

test('a call that has grown takes one of two turns and refuses the other', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  const routes = [left, right]
  for (const limitKey of routes) await limiter.pause(limitKey, 20_000, 'both')
  const { accepted, looked, wanted } = growing()
  const entering = enterAny(deps, accounts, wanted, STILL)
  await looked
  await Promise.all(routes.map((limitKey) => limiter.resume(limitKey)))
  const { turn } = await entering
  expect(accepted[0]).toMatchObject({ types: 5 })
  await turn.settle(NO_USAGE)
  await until('the other turn to be given back', async () => {
    const looks = await Promise.all(routes.map((limitKey) => limiter.snapshot(limitKey)))
    return looks.every(({ concurrency }) => concurrency.inFlight === 0) ? true : undefined
  })
})

test('when all accounts are too far off, the nearest wait is told', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  await limiter.pause(left, 90_000, 'far')
  await limiter.pause(right, 60_000, 'nearer')
  const error: unknown = await enterAny(deps, accounts, WANTED, STILL).catch(
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MaxWaitError)) throw error
  expect(error.waitMs).toBeLessThanOrEqual(60_000)
})

test('a call that is stopped while it waits says why, and waits nowhere', async () => {
  const { accounts, deps, limiter, left, right, configure } = openAccounts()
  await configure()
  for (const limitKey of [left, right]) await limiter.pause(limitKey, 20_000, 'both')
  const stop = new AbortController()
  const entering = enterAny(deps, accounts, WANTED, stop.signal)
  stop.abort('canceled')
  await expect(entering).rejects.toBe('canceled')
})

/** How many of so many calls that start together each account gets. */
async function sharesOf(
  { accounts, deps }: Pick<ReturnType<typeof openAccounts>, 'accounts' | 'deps'>,
  calls: number,
): Promise<Record<string, number>> {
  const entering = Array.from({ length: calls }, () => enterAny(deps, accounts, WANTED, STILL))
  const entered = await Promise.all(entering)
  const shares: Record<string, number> = { left: 0, right: 0 }
  for (const { account } of entered) shares[account.name] = (shares[account.name] ?? 0) + 1
  await Promise.all(entered.map(({ turn }) => turn.settle(NO_USAGE)))
  return shares
}

test('calls that start together are shared out by the weights of the accounts, evenly without any', async () => {
  const plain = openAccounts()
  await plain.configure()
  const even = await sharesOf(plain, 32)
  expect(Math.abs((even['left'] ?? 0) - 16)).toBeLessThanOrEqual(2)
  const weighted = openAccounts({ left: 1, right: 3 })
  await weighted.configure()
  const shares = await sharesOf(weighted, 32)
  expect(Math.abs((shares['right'] ?? 0) - 24)).toBeLessThanOrEqual(2)
})

test('a heavy account that is paused is passed by, and gets its share again afterwards', async () => {
  const opened = openAccounts({ left: 1, right: 3 })
  const { limiter, right, configure } = opened
  await configure()
  await limiter.pause(right, 60_000, 'throttled')
  expect(await sharesOf(opened, 12)).toEqual({ left: 12, right: 0 })
  await limiter.resume(right)
  expect((await sharesOf(opened, 12))['right']).toBeGreaterThan(6)
})
