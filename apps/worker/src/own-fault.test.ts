import { expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { createLog } from '@capstan/shared/log'
import { ownFault } from './own-fault.ts'
import type { Work } from './work.ts'

const deps = { log: createLog('test', 'silent') }
const SPENT = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 }
const claim = { scan: { id: 'scan_1' }, entry: { resource: 'types.example.com' } }
const NOTHING = { claim, usage: NO_USAGE, calls: 0, kept: 'nothing' }
const PAID = { ...NOTHING, usage: SPENT, calls: 1 }
const IN_BATCH = { ...NOTHING, batchAnswer: { usage: SPENT, calls: 1, isDone: false } }

/** What is read of an attempt. */
const hintFor = (work: object): string | undefined =>
  ownFault(deps, work as Work, new TypeError('of ours')).hint

test.each([
  ['made no call', NOTHING, 'this attempt made no model call'],
  ['found a stored answer', { ...NOTHING, kept: 'answer' }, 'the answer is kept'],
  ['stored the answer that it paid for', { ...PAID, kept: 'answer' }, 'the answer is kept'],
  ['read an answer that stays in the batch store', IN_BATCH, 'the answer is kept'],
  ['kept an invalid answer for its repair', { ...PAID, kept: 'unfinished' }, 'goes on from it'],
  ['could not store its answer', PAID, 'could not be kept, so the type is paid for again'],
  ['shared the call of another type', { ...PAID, calls: 0 }, 'could not be kept'],
  ['made a call whose answer is lost', { ...NOTHING, calls: 1 }, 'could not be kept'],
])('an attempt that %s and then fails on our side gives a hint that is true', (_, work, words) => {
  expect(hintFor(work)).toContain(words)
})

test('a fault on our side names its kind and none of its text', () => {
  const error = ownFault(deps, { ...NOTHING } as object as Work, new TypeError('secret-host:6333'))
  expect(error).toMatchObject({ reason: 'internal', policy: 'retry' })
  expect(error.message).toBe('Storing or reading failed (TypeError)')
})
