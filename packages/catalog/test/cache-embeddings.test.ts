import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { cacheEmbeddings } from '@capstan/catalog/cache-embeddings'

function open(dimensions = 2) {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const requested: string[][] = []
  const embedder = (model: string) =>
    cacheEmbeddings(redis, keys, {
      model,
      dimensions,
      embed: async (texts) => {
        requested.push(texts)
        return texts.map((text) => new Float32Array([text.length, 0.5]))
      },
    })
  return { embedder, requested, redis, keys }
}

const never = (): AbortSignal => new AbortController().signal

test('a cached text is not embedded again, and each text gets its own vector', async () => {
  const { embedder, requested } = open()
  await embedder('m').embed(['a', 'bbb'], never())
  const vectors = await embedder('m').embed(['bbb', 'cc', 'cc', 'a'], never())
  expect(vectors.map(([first]) => first)).toEqual([3, 2, 2, 1])
  expect(requested).toEqual([['a', 'bbb'], ['cc']])
})

test('vectors are cached by model', async () => {
  const { embedder, requested } = open()
  await embedder('m').embed(['a'], never())
  await embedder('n').embed(['a'], never())
  expect(requested).toHaveLength(2)
})

test('a cached vector expires, its key does not contain the text, and an unreadable one is replaced', async () => {
  const { embedder, requested, redis, keys } = open()
  await embedder('m').embed(['a secret'], never())
  const [key = '', ...more] = await redis.keys(keys.embedding('*'))
  expect(more).toEqual([])
  expect(key).not.toContain('secret')
  expect(await redis.ttl(key)).toBeGreaterThan(0)
  await redis.setex(key, 60, 'rubbish')
  expect(await embedder('m').embed(['a secret'], never())).toEqual([new Float32Array([8, 0.5])])
  expect(requested).toHaveLength(2)
})
