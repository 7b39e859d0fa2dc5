import { expect, test } from 'vitest'
import { formatTable } from '../../output/format-table.ts'
import { pausedColumns, providerColumns } from './columns.ts'
import { listPausedAccounts } from '../paused-accounts.ts'
import type { ProviderRow } from '../response-schemas.ts'

type Account = ProviderRow['accounts'][number]

const FREE: Account = {
  name: 'work',
  model: 'm',
  limits: { requests: { limit: 50, available: 12.7 } },
  concurrency: { limit: 40.9, inFlight: 3 },
  paused: null,
  breaker: { state: 'closed', forMs: 0, reason: null },
  until: null,
}
const UNTIL = '2026-11-30T00:00:00.000Z'
const BROKEN: Account = {
  ...FREE,
  breaker: { state: 'open', forMs: 5_000, reason: 'has a fault (500)' },
  until: UNTIL,
}
const PAUSED: Account = { ...FREE, paused: { forMs: 9_000, reason: 'slower' }, until: UNTIL }

const PROVIDER = {
  id: 'anthropic',
  configured: true,
  default: true,
  demo: false,
  models: ['m'],
  endpoints: [],
  problem: null,
  workers: 1,
}

/** The row of a provider with these accounts in `-o wide`. */
function row(...accounts: Account[]): string | undefined {
  return formatTable([{ ...PROVIDER, accounts }], providerColumns)[1]
}

test('a provider is shown as blocked only when each of its accounts is blocked', () => {
  expect(row(FREE)).toContain('configured')
  expect(row(BROKEN, FREE)).toContain('configured')
  expect(row(BROKEN)).toContain('circuit breaker open')
  expect(row(PAUSED, BROKEN)).toMatch(/^anthropic +paused /)
  expect(row()).toContain('configured')
})

test('each account shows its remaining calls and requests as whole numbers', () => {
  const other = { ...PAUSED, name: 'other' }
  expect(row(FREE, other)).toContain('work: 3 of 40 calls, 12 of 50 requests left; other: 3 of 40')
})

test('a paused model is listed in the table of pauses, and its account once in the table of providers', () => {
  const more = { ...PAUSED, model: 'another' }
  expect(row(FREE, more)?.match(/work:/g)).toHaveLength(1)
  const providers = [{ ...PROVIDER, accounts: [FREE, more, { ...BROKEN, model: 'third' }] }]
  expect(formatTable(listPausedAccounts(providers), pausedColumns)).toEqual([
    'PAUSED             ACCOUNT  UNTIL                     CAUSE',
    `anthropic/another  work     ${UNTIL}  slower`,
    `anthropic/third    work     ${UNTIL}  circuit breaker open: has a fault (500)`,
  ])
})

test('the dialect is shown for each model that has answered', () => {
  const dialect = { output: 'json_object', limit: 'max_tokens', system: 'user' }
  const text = row({ ...FREE, dialect }, { ...FREE, model: 'unknown', dialect: null })
  expect(text).toContain('work/m: json_object, max_tokens, user')
  expect(text).not.toContain('unknown:')
})
