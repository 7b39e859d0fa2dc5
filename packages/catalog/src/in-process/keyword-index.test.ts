import { expect, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import { selectBest } from './select-best.ts'
import { createLexicon } from '../lexicon.ts'
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

const lexicon = createLexicon()

async function search(query: string) {
  const index = new KeywordIndex(lexicon)
  for (const row of [POLICY, CLASS, makeCapability()]) index.set(row.kind, row)
  const { score, ...rest } = await index.search(query)
  return { ...rest, best: selectBest(score({}), 3).map(([id]) => id) }
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
])('a search for "%s" ranks %s first', async (query, kind) => {
  expect((await search(query)).best[0]).toBe(kind)
})

test('a row with the query words in its kind ranks before a row with the words in several fields', async () => {
  expect((await search('policy network')).best).toEqual(['NetworkPolicy', 'StorageClass'])
})

test('a query of unknown words is not understood, and a query with one unknown word is', async () => {
  expect((await search('sourdough recipe for bread')).isUnderstood).toBe(false)
  expect((await search('sourdough storage')).isUnderstood).toBe(true)
})

test('spelling correction does not change numbers, and concept terms do not match typed words', async () => {
  expect((await search('40012')).best).toEqual([])
  expect((await search('#storage class of 12')).stems).toEqual(['storag', 'class', '12'])
})

test('a kind with exactly the searched name ranks before kinds that contain it', async () => {
  const index = new KeywordIndex(lexicon)
  for (const kind of ['JobSet', 'ScaledJob', 'Job']) {
    index.set(kind, makeCapability({ kind, capabilities: ['job', `${kind} of jobs`] }))
  }
  const best = selectBest((await index.search('job')).score({}), 1).map(([id]) => id)
  expect(best).toEqual(['Job'])
})

test('a technical word outweighs an everyday word of the same rarity', async () => {
  const index = new KeywordIndex(lexicon)
  for (const word of ['someone', 'snapshot']) {
    index.set(word, makeCapability({ kind: 'Thing', capabilities: [word] }))
  }
  const { score } = await index.search('someone snapshot')
  expect(selectBest(score({}), 2).map(([id]) => id)).toEqual(['snapshot', 'someone'])
})
