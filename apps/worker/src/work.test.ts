import { expect, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { spend, type Work } from './work.ts'

test('tokens of a further call add to those of an attempt, estimated ones marked, and what was kept is not all any more', () => {
  const work: Pick<Work, 'usage' | 'kept'> = { usage: NO_USAGE, kept: 'unfinished' }
  const reported = { inputTokens: 3, cachedTokens: 1, outputTokens: 4 }
  spend(work as Work, reported) // spend touches nothing else
  spend(work as Work, { ...reported, estimatedTokens: 8 })
  expect(work).toEqual({
    usage: { inputTokens: 6, cachedTokens: 2, outputTokens: 8, estimatedTokens: 8 },
    kept: 'nothing',
  })
})
