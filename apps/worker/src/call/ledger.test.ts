import { expect, test } from 'vitest'
import { makeTarget } from '../../test/make-request.ts'
import {
  addLedgers,
  createLedger,
  findFailedAccount,
  sumUsage,
  type Ledger,
  type LedgerEntry,
} from './ledger.ts'

const REPORTED = { inputTokens: 3, cachedTokens: 1, outputTokens: 4 }

const call = (change: Partial<LedgerEntry>): LedgerEntry => ({
  route: { provider: 'anthropic', model: 'm' },
  target: null,
  kind: 'first',
  source: 'call',
  outcome: 'answered',
  usage: REPORTED,
  durationMs: 1,
  sentAt: 0,
  ...change,
})

test('a further paid call adds its tokens, and the stored answer no longer covers all of them', () => {
  const kept: Ledger = { ...createLedger(call({})), kept: 'unfinished' }
  const both = addLedgers(kept, createLedger(call({ usage: { ...REPORTED, estimatedTokens: 8 } })))
  expect(sumUsage(both)).toEqual({
    inputTokens: 6,
    cachedTokens: 2,
    outputTokens: 8,
    estimatedTokens: 8,
  })
  expect(both.kept).toBe('nothing')
})

test('an aborted call has no answer, and an answer that was stored before stays stored', () => {
  const kept: Ledger = { ...createLedger(call({})), kept: 'unfinished' }
  const both = addLedgers(kept, createLedger(call({ outcome: 'timeout', isCutOff: true })))
  expect(sumUsage(both)).toEqual(REPORTED)
  expect(both.kept).toBe('unfinished')
})

test.each<[string, Partial<LedgerEntry>[], string | undefined]>([
  [
    'that of a failed call',
    [{ outcome: 'provider_error', failure: { kind: 'overload' } }],
    'first',
  ],
  ['that of an answer that is invalid', [{}], 'first'],
  ['that of the last call', [{}, { target: makeTarget('second') }], 'second'],
  ['that of the call beside an aborted one', [{}, { outcome: 'aborted', target: null }], 'first'],
  ['none without a call', [], undefined],
  ['none when the rules answered', [{ target: null }], undefined],
  ['none after a call that was rate-limited', [{ failure: { kind: 'rate-limited' } }], undefined],
])('the failed account of an attempt is %s', (_, changes, expected) => {
  const calls = changes.map((change) => call({ target: makeTarget('first'), ...change }))
  expect(findFailedAccount(createLedger(...calls))).toBe(expected)
})
