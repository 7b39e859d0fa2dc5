import { expect, test } from 'vitest'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { LimitsSnapshot } from '@capstan/limits/types'
import { makeItemRequest, makeRequest, makeResult, makeTarget } from '../../../test/make-request.ts'
import type { CallRequest, ModelCall } from '../model-call.ts'
import { withAccounts, type AccountsDeps } from './with-accounts.ts'

const FREE = { paused: null, breaker: { state: 'closed', forMs: 0, reason: null } }
const deps: AccountsDeps = {
  accounts: [makeTarget('left').account, makeTarget('right').account],
  limiter: { snapshot: async () => FREE as unknown as LimitsSnapshot }, // as the stage reads it
  health: { readAccountHealth: async () => 'answering', selectUsable: (all) => all },
}

const name = ({ targets = [] }: CallRequest) => targets.map(({ account }) => account.name).join(' ')
const echo: ModelCall = async (request) => makeResult(name(request))
const call = withAccounts(deps)(echo)

/** The second attempt of an item, after a failure at `failedAccount`. */
function makeRetry(failedAccount: string, attempt = 2): CallRequest {
  const { item, ...request } = makeItemRequest()
  return { ...request, item: { ...item, claim: { ...item.claim, attempt, failedAccount } } }
}

const textOf = async (request: CallRequest, stage = call) => (await stage(request)).answer.text

test.each([
  ['all accounts of its provider', {}, 'left right'],
  ['the account that it names', { account: 'right' }, 'right'],
])('a call may use %s', async (_, change, names) => {
  expect(await textOf(makeRequest(change))).toBe(names)
})

test('a call to a provider without an account waits for another worker', async () => {
  const route = { provider: 'openai', model: 'm' } as const
  await expect(call(makeRequest({ route }))).rejects.toMatchObject({
    reason: 'provider_not_configured',
    policy: 'wait',
  })
})

test('a first attempt may use all accounts except those that reject all calls, a check also these', async () => {
  const health: AccountsDeps['health'] = { ...deps.health, selectUsable: (all) => all.slice(1) }
  const some = withAccounts({ ...deps, health })(echo)
  expect(await textOf(makeItemRequest(), some)).toBe('right')
  expect(await textOf(makeRequest({ isCheck: true }), some)).toBe('left right')
})

test.each([
  ['left', 'right'],
  ['right', 'left'],
])('a retry after a failure at %s goes to %s', async (failed, other) => {
  expect(await textOf(makeRetry(failed))).toBe(other)
})

test('an attempt that is repeated without being used up also avoids the account that failed', async () => {
  expect(await textOf(makeRetry('left', 1))).toBe('right')
})

test('only a retry is marked as such', async () => {
  const marks: (boolean | undefined)[] = []
  const stage = withAccounts(deps)(async (request) => {
    marks.push(request.isRetry)
    return makeResult('')
  })
  await stage(makeItemRequest())
  await stage(makeRetry('left'))
  expect(marks).toEqual([undefined, true])
})

test('a retry may use the account that failed when the others admit no call for too long', async () => {
  const asked: string[] = []
  const stage = withAccounts(deps)(async (request) => {
    asked.push(name(request))
    if (asked.length === 1) throw new MaxWaitError(60_000, 'requests')
    return makeResult('good')
  })
  expect(await textOf(makeRetry('left'), stage)).toBe('good')
  expect(asked).toEqual(['right', 'left right'])
})

test('a failed retry is not sent again to the other accounts', async () => {
  const asked: string[] = []
  const stage = withAccounts(deps)(async (request) => {
    asked.push(name(request))
    throw new Error('500')
  })
  await expect(stage(makeRetry('left'))).rejects.toThrow('500')
  expect(asked).toEqual(['right'])
})
