import { expect, test } from 'vitest'
import { collectWords, markWords } from './mark-words.ts'

test('words of an answer are marked in a definition, also inside of names and in the other number', () => {
  const words = collectWords(['Scheduled backups to object stores', 'point-in-time recovery'])
  const parts = markWords('spec.backupRetention: string\nrecoveries: list', words)
  expect(parts.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual([
    'backup',
    'recoveries',
  ])
})

test('the parts together are the text', () => {
  const text = 'kind: PostgresCluster\nspec.storageClass <b>'
  const parts = markWords(text, collectWords(['postgres with storage']))
  expect(parts.map((part) => part.text).join('')).toBe(text)
})

test('short words and fillers are not marked', () => {
  expect(collectWords(['a set of resources for use with it'])).toEqual(new Set())
})
