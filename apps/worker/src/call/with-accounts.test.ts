import { expect, test } from 'vitest'
import { makeRequest, makeResult, makeTarget } from '../../test/make-request.ts'
import { withAccounts } from './with-accounts.ts'

const accounts = [makeTarget('left').account, makeTarget('right').account]
const call = withAccounts(accounts)(async ({ targets = [] }) =>
  makeResult(targets.map(({ account }) => account.name).join(' ')),
)

test.each([
  ['all accounts of its provider', {}, 'left right'],
  ['the account that it names', { account: 'right' }, 'right'],
])('a call may use %s', async (_, change, names) => {
  expect((await call(makeRequest(change))).answer.text).toBe(names)
})

test('a call to a provider without an account waits for another worker', async () => {
  const route = { provider: 'openai', model: 'm' } as const
  await expect(call(makeRequest({ route }))).rejects.toMatchObject({
    reason: 'provider_not_configured',
    policy: 'wait',
  })
})
