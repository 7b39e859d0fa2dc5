import { expect, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import { selectBest } from './select-best.ts'
import { KeywordIndex } from './keyword-index.ts'

const POLICY = makeCapability({
  kind: 'NetworkPolicy',
  group: 'networking.example.com',
  capabilities: ['network isolation of pods'],
  searchPhrases: [],
  description: 'Rules for traffic.',
  useCase: 'Separation.',
})
const CLASS = makeCapability({
  kind: 'StorageClass',
  group: 'storage.example.com',
  capabilities: ['kinds of disks', 'policy of volumes in a network'],
  searchPhrases: [],
  description: 'A kind of storage.',
  useCase: 'Fast and slow disks.',
})

async function answersOf(query: string) {
  const index = new KeywordIndex()
  for (const row of [POLICY, CLASS, makeCapability()]) index.set(row.kind, row)
  const { found, ...rest } = await index.search(query)
  return { ...rest, best: selectBest(found({}), 3).map(([id]) => id) }
}

test.each([
  ['network policy', 'NetworkPolicy'],
  ['netwrk polcy', 'NetworkPolicy'],
  ['netw', 'NetworkPolicy'],
  ['firewall', 'NetworkPolicy'],
  ['storage class', 'StorageClass'],
  ['hard drives', 'StorageClass'],
  ['crontab', 'CronJob'],
  ['etwork', 'NetworkPolicy'],
  ['storagewise', 'StorageClass'],
])('%s finds %s first', async (query, kind) => {
  expect((await answersOf(query)).best[0]).toBe(kind)
})

test('a row that says the query in one name comes before one that has its words here and there', async () => {
  expect((await answersOf('policy network')).best).toEqual(['NetworkPolicy', 'StorageClass'])
})

test('a query whose words nobody knows is not understood, one with a single stranger is', async () => {
  expect((await answersOf('sourdough recipe for bread')).isUnderstood).toBe(false)
  expect((await answersOf('sourdough storage')).isUnderstood).toBe(true)
})

test('a number is never taken for another one, and a concept never for a word', async () => {
  expect((await answersOf('40012')).best).toEqual([])
  expect((await answersOf('#storage class of 12')).stems).toEqual(['storag', 'class', '12'])
})

test('the kind that is called so comes before those that have the word in their name', async () => {
  const index = new KeywordIndex()
  for (const kind of ['JobSet', 'ScaledJob', 'Job']) {
    index.set(kind, makeCapability({ kind, capabilities: ['job', `${kind} of jobs`] }))
  }
  const best = selectBest((await index.search('job')).found({}), 1).map(([id]) => id)
  expect(best).toEqual(['Job'])
})

test('a word of the trade counts more than one of any sentence, though as rare', async () => {
  const index = new KeywordIndex()
  for (const word of ['somebody', 'snapshot']) {
    index.set(word, makeCapability({ kind: 'Thing', capabilities: [word] }))
  }
  const { found } = await index.search('somebody snapshot')
  expect(selectBest(found({}), 2).map(([id]) => id)).toEqual(['snapshot', 'somebody'])
})
