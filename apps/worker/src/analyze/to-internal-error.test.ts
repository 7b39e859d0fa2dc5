import { expect, test } from 'vitest'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { createLog } from '@capstan/shared/log'
import { createLedger, NOTHING_SPENT, type Ledger, type LedgerEntry } from '../call/ledger.ts'
import type { EndedAttempt } from './attempt.ts'
import { toInternalError } from './to-internal-error.ts'

const deps = { log: createLog('test', 'silent') }
const SPENT = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 }
const claim = { scan: { id: 'scan_1' }, entry: { resource: 'types.example.com' } }

const ledger = (source: LedgerEntry['source'], usage: Usage): Ledger =>
  createLedger({ source, usage } as LedgerEntry) // the hint depends on nothing else
const PAID = ledger('call', SPENT)

const endedWith = (spent: Ledger) => ({ claim, spent }) as EndedAttempt // read by nothing else

test.each([
  ['made no call', NOTHING_SPENT, 'this attempt made no model call'],
  ['found a stored answer', { ...NOTHING_SPENT, kept: 'answer' }, 'the answer is kept'],
  ['stored the answer that it paid for', { ...PAID, kept: 'answer' }, 'the answer is kept'],
  ['read an answer that stays in the batch store', ledger('batch', SPENT), 'the answer is kept'],
  ['kept an invalid answer for its repair', { ...PAID, kept: 'unfinished' }, 'goes on from it'],
  ['could not store its answer', PAID, 'could not be kept, so the type is paid for again'],
  ['shared the call of another type', ledger('shared', SPENT), 'could not be kept'],
  ['made a call whose answer is lost', ledger('call', NO_USAGE), 'could not be kept'],
] as const)(
  'an attempt that %s and then fails on our side gives a true hint',
  (_, spent, words) => {
    expect(toInternalError(deps, endedWith(spent), new TypeError('of ours')).hint).toContain(words)
  },
)

test('an internal error names the kind of its cause and hides its text', () => {
  const error = toInternalError(deps, endedWith(NOTHING_SPENT), new TypeError('secret-host:6333'))
  expect(error).toMatchObject({ reason: 'internal', policy: 'retry' })
  expect(error.message).toBe('Storing or reading failed (TypeError)')
})
