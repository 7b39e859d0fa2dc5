import { expect, test } from 'vitest'
import { addLedgers, createLedger, sumUsage, type Ledger, type LedgerEntry } from './ledger.ts'

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
