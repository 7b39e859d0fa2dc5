import { expect, test } from 'vitest'
import { tableLines } from '../output/table.ts'
import { providerColumns } from './columns.ts'
import type { ProviderView } from './views.ts'

type Account = ProviderView['accounts'][number]

const FREE: Account = {
  name: 'work',
  limits: { requests: { limit: 50, available: 12.7 } },
  concurrency: { limit: 40.9, inFlight: 3 },
  paused: null,
  breaker: { state: 'closed' },
}
const BROKEN: Account = { ...FREE, breaker: { state: 'open' } }
const PAUSED: Account = { ...FREE, paused: { reason: 'requests' } }

/** The row of a provider with these accounts, as `-o wide` shows it. */
function row(...accounts: Account[]): string | undefined {
  const provider = { id: 'anthropic', configured: true, default: true, demo: false }
  return tableLines([{ ...provider, models: ['m'], workers: 1, accounts }], providerColumns)[1]
}

test('a provider is held up only when each of its accounts is', () => {
  expect(row(FREE)).toContain('configured')
  expect(row(BROKEN, FREE)).toContain('configured')
  expect(row(BROKEN)).toContain('circuit breaker open')
  expect(row(PAUSED, BROKEN)).toContain('paused: requests')
  expect(row()).toContain('configured')
})

test('each account says what it may do now, in whole calls', () => {
  expect(row(FREE, PAUSED)).toContain('work: 3 of 40 calls, 12 of 50 requests left; work: 3 of 40')
})
