import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testRedis } from '@capstan/testkit/redis'
import { openDefinitionStore } from './definition-store.ts'

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys, store: openDefinitionStore(redis, keys) }
}

test('a definition is found under its outline hash, and every use keeps it for a week more', async () => {
  const { redis, keys, store } = open()
  const definition = makeDefinition('Database')
  await store.put([definition])
  await redis.expire(keys.definition(definition.outlineHash), 60)
  expect(await store.get(definition.outlineHash)).toEqual(definition)
  expect(await redis.ttl(keys.definition(definition.outlineHash))).toBeGreaterThan(6 * 86_400)
  expect(await store.get('0'.repeat(64))).toBeUndefined()
})

test('a cluster remembers what a source reduced to, in the order asked', async () => {
  const { store } = open()
  const [first, second] = [makeDefinition('First'), makeDefinition('Second')]
  const known = store.knownDefinitions('prod')
  await known.remember([
    { sourceKey: 'crd:u1:3', definition: first },
    { sourceKey: 'openapi:apis/batch/v1:HASH:Second', definition: second },
  ])
  const asked = ['openapi:apis/batch/v1:HASH:Second', 'crd:u9:1', 'crd:u1:3']
  expect(await known.lookup(asked)).toEqual([second, undefined, first])
  expect(await store.knownDefinitions('other').lookup(['crd:u1:3'])).toEqual([undefined])
})

test('a new generation takes the place of the old one', async () => {
  const { redis, keys, store } = open()
  const known = store.knownDefinitions('prod')
  await known.remember([{ sourceKey: 'crd:u1:1', definition: makeDefinition('Old') }])
  await known.remember([{ sourceKey: 'crd:u1:2', definition: makeDefinition('New') }])
  expect(await redis.hlen(keys.knownDefinitions('prod'))).toBe(1)
  const [old, fresh] = await known.lookup(['crd:u1:1', 'crd:u1:2'])
  expect(old).toBeUndefined()
  expect(fresh?.type.kind).toBe('New')
})

test('two types with one outline keep their own facts', async () => {
  const { store } = open()
  const outline = 'the same words'
  const one = makeDefinition('One', { outline })
  const two = makeDefinition('Two', { outline, definitionHash: 'f'.repeat(64) })
  const known = store.knownDefinitions('prod')
  await known.remember([
    { sourceKey: 'crd:u1:1', definition: one },
    { sourceKey: 'crd:u2:1', definition: two },
  ])
  expect(await known.lookup(['crd:u1:1', 'crd:u2:1'])).toEqual([one, two])
})

test('what is remembered without its outline counts as unknown', async () => {
  const { redis, keys, store } = open()
  const definition = makeDefinition('Gone')
  const known = store.knownDefinitions('prod')
  await known.remember([{ sourceKey: 'crd:u1:1', definition }])
  await redis.del(keys.definition(definition.outlineHash))
  expect(await known.lookup(['crd:u1:1'])).toEqual([undefined])
})
