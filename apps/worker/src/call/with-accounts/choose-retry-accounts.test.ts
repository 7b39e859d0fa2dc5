import { expect, test } from 'vitest'
import type { LimitsSnapshot } from '@capstan/limits/types'
import { makeTarget } from '../../../test/make-request.ts'
import type { AccountHealth } from '../../accounts/watch-health.ts'
import { chooseRetryAccounts } from './choose-retry-accounts.ts'

type Breaker = LimitsSnapshot['breaker']['state']

interface State {
  health?: AccountHealth
  breaker?: Breaker
  pausedMs?: number
}

function choose(states: Record<string, State>, failedAccount?: string): Promise<string[]> {
  const read = (name: string): State => states[name] ?? {}
  const accounts = Object.keys(states).map((name) => makeTarget(name).account)
  const chosen = chooseRetryAccounts(
    {
      limiter: {
        snapshot: async ({ account }) => {
          const { breaker = 'closed', pausedMs = 0 } = read(account)
          const paused = pausedMs > 0 ? { forMs: pausedMs, reason: 'throttled' } : null
          const open = { state: breaker, forMs: breaker === 'open' ? 5_000 : 0, reason: null }
          return { paused, breaker: open } as unknown as LimitsSnapshot // as the choice reads it
        },
      },
      health: {
        readAccountHealth: async ({ name }) => read(name).health ?? 'answering',
        selectUsable: (all) => all,
      },
    },
    accounts,
    { model: 'm', failedAccount },
  )
  return chosen.then((found) => found.map(({ name }) => name))
}

const [FAILING, UNKNOWN, GOOD] = [{ health: 'failing' }, { health: 'unknown' }, {}] as const
const [OPEN, HALF_OPEN] = [{ breaker: 'open' }, { breaker: 'half-open' }] as const
const PAUSED = { pausedMs: 4_000 }

test.each<[string, Record<string, State>, string | undefined, string[]]>([
  ['one that has answered to a failing one', { a: FAILING, b: GOOD }, undefined, ['b']],
  ['the same in the other order', { a: GOOD, b: FAILING }, undefined, ['a']],
  ['one that has answered to an unknown one', { a: UNKNOWN, b: GOOD }, undefined, ['b']],
  ['an unknown one to a failing one', { a: FAILING, b: UNKNOWN }, undefined, ['b']],
  ['the only good one of three', { a: FAILING, b: UNKNOWN, c: GOOD }, undefined, ['c']],
  ['the only good one of three, listed first', { a: GOOD, b: FAILING, c: UNKNOWN }, 'b', ['a']],
  ['all that are equally good', { a: GOOD, b: FAILING, c: GOOD }, 'b', ['a', 'c']],
  ['another one to that of the failed attempt', { a: GOOD, b: GOOD }, 'a', ['b']],
  ['the same after a failure at the other', { a: GOOD, b: GOOD }, 'b', ['a']],
  ['an unknown one to that of the failed attempt', { a: GOOD, b: UNKNOWN }, 'a', ['b']],
  ['that of the failed attempt to a failing one', { a: GOOD, b: FAILING }, 'a', ['a']],
  ['an unknown one of three failures', { a: FAILING, b: FAILING, c: UNKNOWN }, 'b', ['c']],
  ['another failing one to that of the failed attempt', { a: FAILING, b: FAILING }, 'a', ['b']],
  ['a closed breaker to an open one', { a: OPEN, b: UNKNOWN }, undefined, ['b']],
  ['a closed breaker to a half-open one', { a: HALF_OPEN, b: GOOD }, undefined, ['b']],
  ['a callable one to a paused one', { a: PAUSED, b: GOOD }, undefined, ['b']],
  ['that of the failed attempt to a blocked one', { a: GOOD, b: OPEN }, 'a', ['a']],
  ['a paused one, which costs no attempt, to a failing one', { a: PAUSED, b: FAILING }, 'a', ['a']],
])('a retry prefers %s', async (_, states, failedAccount, expected) => {
  expect(await choose(states, failedAccount)).toEqual(expected)
})

test('a retry may use all accounts when the limits cannot be read', async () => {
  const accounts = [makeTarget('a').account, makeTarget('b').account]
  const deps = {
    limiter: { snapshot: () => Promise.reject(new Error('no Redis')) },
    health: {
      readAccountHealth: async () => 'unknown' as const,
      selectUsable: <T>(all: T[]) => all,
    },
  }
  const retry = { model: 'm', failedAccount: 'a' }
  expect(await chooseRetryAccounts(deps, accounts, retry)).toEqual(accounts)
})
