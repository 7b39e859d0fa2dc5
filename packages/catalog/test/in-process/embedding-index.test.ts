import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { EmbeddingIndex } from '@capstan/catalog/in-process/embedding-index'

const TOPICS = ['mail', 'storage', 'stars']

/** An embedding model of three topics that records its input. */
function topicModel(model = 'topics') {
  const inputs: string[] = []
  const state = { inputs, isDown: false }
  const embedder: Embedder = {
    model,
    dimensions: TOPICS.length,
    embed: async (texts) => {
      if (state.isDown) throw new Error('the model is unreachable')
      inputs.push(...texts)
      return texts.map((text) => Float32Array.from(TOPICS, (topic) => Number(text.includes(topic))))
    },
  }
  return { ...state, embedder, setDown: (isDown: boolean) => (state.isDown = isDown) }
}

function start() {
  const { url, keys } = testRedis()
  const open = ({ embedder }: { embedder: Embedder }) => {
    const redis = new Redis(url)
    const semanticIndex = new EmbeddingIndex(redis, keys, { rows: embedder, queries: embedder })
    const catalog = openRedisCatalog(redis, keys, { semanticIndex })
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

test('two processes find rows by their vectors, and each row is embedded once', async () => {
  const { open } = start()
  const model = topicModel()
  const [one, other] = [open(model), open(model)]
  await one.put(ROWS)
  const found = await one.search('sends mail', {}, SEMANTIC)
  expect(found).toMatchObject({ mode: 'semantic', note: null })
  expect(kindsOf(found)).toEqual(['Mailer'])
  expect(kindsOf(await other.search('storage', {}, SEMANTIC))).toEqual(['Bucket'])
  expect(model.inputs.filter((text) => text.includes('\n'))).toHaveLength(2)
})

test('while the model is unreachable, searches compare words, and pending rows are embedded later', async () => {
  const { open } = start()
  const model = topicModel()
  const catalog = open(model)
  model.setDown(true)
  await catalog.put(ROWS)
  const byWords = await catalog.search('mail', {}, SEMANTIC)
  expect(byWords.mode).toBe('keyword')
  expect(kindsOf(byWords)).toContain('Mailer')
  expect((await catalog.warnings()).join(' ')).toContain('the model is unreachable')
  model.setDown(false)
  const again = await until('embedded rows', async () => {
    const found = await catalog.search('mail', {}, SEMANTIC)
    return found.mode === 'semantic' && found.note === null ? found : undefined
  })
  expect(kindsOf(again)).toEqual(['Mailer'])
  expect(await catalog.warnings()).toEqual([])
})

test('a process with another model does not compare vectors until a reindex', async () => {
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
  expect(next.inputs).toEqual([])
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

test('a failed reindex leaves semantic search unchanged', async () => {
  const { open } = start()
  const before = open(topicModel())
  await before.put(ROWS)
  await before.search('mail', {}, SEMANTIC)
  const down = topicModel('other')
  down.setDown(true)
  const after = open(down)
  await expect(after.reindex(() => undefined, new AbortController().signal)).rejects.toThrow(
    'unreachable',
  )
  expect(await before.search('mail', {}, SEMANTIC)).toMatchObject({ mode: 'semantic', note: null })
})
