import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { EmbeddingIndex } from '@capstan/catalog/in-process/embedding-index'

const TOPICS = ['mail', 'storage', 'stars']

/** A model that knows three topics, and counts what it is asked. */
function topicModel(model = 'topics') {
  const asked: string[] = []
  const seen = { asked, away: false }
  const embedder: Embedder = {
    model,
    dimensions: TOPICS.length,
    embed: async (texts) => {
      if (seen.away) throw new Error('the model is away')
      asked.push(...texts)
      return texts.map((text) => Float32Array.from(TOPICS, (topic) => Number(text.includes(topic))))
    },
  }
  return { ...seen, embedder, set: (away: boolean) => (seen.away = away) }
}

function start() {
  const { url, keys } = testRedis()
  const open = ({ embedder }: { embedder: Embedder }) => {
    const redis = new Redis(url)
    const meaning = new EmbeddingIndex(redis, keys, { ofRows: embedder, ofQueries: embedder })
    const catalog = openRedisCatalog(redis, keys, meaning)
    onTestFinished(async () => {
      await catalog.close()
      redis.disconnect()
    })
    return catalog
  }
  return { open }
}

const ROWS = [
  makeCapability({ kind: 'Bucket', capabilities: ['storage of files'] }),
  makeCapability({ kind: 'Mailer', capabilities: ['mail to subscribers'] }),
]
const SEMANTIC = { limit: 5, mode: 'semantic' } as const
const kindsOf = ({ hits }: { hits: { capability: { kind: string } }[] }) =>
  hits.map(({ capability }) => capability.kind)

test('rows are found by the vectors of the model, and embedded once for all processes', async () => {
  const { open } = start()
  const model = topicModel()
  const [one, other] = [open(model), open(model)]
  await one.put(ROWS)
  const found = await one.search('sends mail', {}, SEMANTIC)
  expect(found).toMatchObject({ mode: 'semantic', note: null })
  expect(kindsOf(found)).toEqual(['Mailer'])
  expect(kindsOf(await other.search('storage', {}, SEMANTIC))).toEqual(['Bucket'])
  expect(model.asked.filter((text) => text.includes('\n'))).toHaveLength(2)
})

test('while the model is away words are compared, and what waits is embedded later', async () => {
  const { open } = start()
  const model = topicModel()
  const catalog = open(model)
  model.set(true)
  await catalog.put(ROWS)
  const byWords = await catalog.search('mail', {}, SEMANTIC)
  expect(byWords.mode).toBe('keyword')
  expect(kindsOf(byWords)).toContain('Mailer')
  expect((await catalog.warnings()).join(' ')).toContain('the model is away')
  model.set(false)
  const again = await until('rows that are embedded', async () => {
    const found = await catalog.search('mail', {}, SEMANTIC)
    return found.mode === 'semantic' && found.note === null ? found : undefined
  })
  expect(kindsOf(again)).toEqual(['Mailer'])
  expect(await catalog.warnings()).toEqual([])
})

test('vectors of another model are never compared: a reindex says so and switches', async () => {
  const { open } = start()
  const before = open(topicModel())
  await before.put(ROWS)
  await before.search('mail', {}, SEMANTIC)
  const next = topicModel('other')
  const after = open(next)
  const refused = await after.search('mail', {}, SEMANTIC)
  expect(refused.mode).toBe('keyword')
  expect(refused.note).toMatch(
    /embedded by topics \(3\), but this server uses other \(3\).*reindex/,
  )
  expect(next.asked).toEqual([])
  const seen: [number, number][] = []
  const report = await after.reindex(
    (done, total) => seen.push([done, total]),
    new AbortController().signal,
  )
  expect(report).toEqual({ types: 2, store: 'other (3)', previous: 'topics (3)' })
  expect(seen.at(-1)).toEqual([2, 2])
  expect(kindsOf(await after.search('mail', {}, SEMANTIC))).toEqual(['Mailer'])
  const old = await before.search('mail', {}, SEMANTIC)
  expect(old.note).toContain('embedded by other (3)')
})

test('a reindex that fails changes nothing', async () => {
  const { open } = start()
  const before = open(topicModel())
  await before.put(ROWS)
  await before.search('mail', {}, SEMANTIC)
  const away = topicModel('other')
  away.set(true)
  const after = open(away)
  await expect(after.reindex(() => undefined, new AbortController().signal)).rejects.toThrow('away')
  expect(await before.search('mail', {}, SEMANTIC)).toMatchObject({ mode: 'semantic', note: null })
})
