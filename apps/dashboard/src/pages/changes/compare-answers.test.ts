import { expect, test } from 'vitest'
import { compareAnswers } from './compare-answers.ts'

test('capabilities of only one answer are marked, others are the same', () => {
  const compared = compareAnswers(
    { capabilities: ['backups', 'replicas'], confidence: 0.5 },
    { capabilities: ['backups', 'failover'], confidence: 0.9 },
  )
  expect(compared).toEqual({
    before: [
      { text: 'backups', change: 'same' },
      { text: 'replicas', change: 'removed' },
    ],
    after: [
      { text: 'backups', change: 'same' },
      { text: 'failover', change: 'added' },
    ],
    confidence: { before: 0.5, after: 0.9 },
  })
})

test('an absent answer has no parts and no confidence', () => {
  expect(compareAnswers(undefined, { capabilities: ['a'], confidence: 1 })).toEqual({
    before: [],
    after: [{ text: 'a', change: 'added' }],
    confidence: { before: null, after: 1 },
  })
})
