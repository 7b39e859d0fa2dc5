import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testRedis } from '@capstan/testkit/redis'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys, store: openDefinitionStore(redis, keys) }
}

test('a definition is found by its ref, and each read extends its TTL to a week', async () => {
  const { redis, keys, store } = open()
  const definition = makeDefinition('Database')
  await store.put([definition])
  await redis.expire(keys.definition(computeDefinitionRef(definition)), 60)
  expect(await store.get(computeDefinitionRef(definition))).toEqual(definition)
  expect(await redis.ttl(keys.definition(computeDefinitionRef(definition)))).toBeGreaterThan(
    6 * 86_400,
  )
  expect(await store.get('0'.repeat(64))).toBeUndefined()
})

test('concurrent reads each get their own definition, and a missing definition does not affect the others', async () => {
  const { redis, keys, store } = open()
  const definitions = Array.from({ length: 120 }, (_, index) => makeDefinition(`Kind${index}`))
  await store.put(definitions)
  const [gone, ...kept] = definitions.map(computeDefinitionRef)
  await redis.del(keys.definition(gone ?? ''))
  const found = await Promise.all([...kept, gone ?? ''].map(store.get))
  expect(found).toEqual([...definitions.slice(1), undefined])
})

test('the cache of a cluster returns definitions in the order of the requested sources', async () => {
  const { store } = open()
  const [first, second] = [makeDefinition('First'), makeDefinition('Second')]
  const known = store.openCache('prod')
  await known.remember([
    { sourceKey: 'crd:u1:3', definition: first },
    { sourceKey: 'openapi:apis/batch/v1:HASH:Second', definition: second },
  ])
  const asked = ['openapi:apis/batch/v1:HASH:Second', 'crd:u9:1', 'crd:u1:3']
  expect(await known.lookup(asked)).toEqual([second, undefined, first])
  expect(await store.openCache('other').lookup(['crd:u1:3'])).toEqual([undefined])
})

test('a new generation of a source replaces the old one in the cache', async () => {
  const { redis, keys, store } = open()
  const known = store.openCache('prod')
  await known.remember([{ sourceKey: 'crd:u1:1', definition: makeDefinition('Old') }])
  await known.remember([{ sourceKey: 'crd:u1:2', definition: makeDefinition('New') }])
  expect(await redis.hlen(keys.knownDefinitions('prod'))).toBe(1)
  const [old, fresh] = await known.lookup(['crd:u1:1', 'crd:u1:2'])
  expect(old).toBeUndefined()
  expect(fresh?.type.kind).toBe('New')
})

test('two types with equal outlines keep their own metadata', async () => {
  const { store } = open()
  const outline = 'the same words'
  const one = makeDefinition('One', { outline })
  const two = makeDefinition('Two', { outline, definitionHash: 'f'.repeat(64) })
  const known = store.openCache('prod')
  await known.remember([
    { sourceKey: 'crd:u1:1', definition: one },
    { sourceKey: 'crd:u2:1', definition: two },
  ])
  expect(await known.lookup(['crd:u1:1', 'crd:u2:1'])).toEqual([one, two])
})

test('two clusters with equal outlines of a type keep their own printer columns, verbs and definition hashes', async () => {
  const { store } = open()
  const columns = [{ name: 'Crew', type: 'integer', jsonPath: '.spec.crew' }]
  const east = makeDefinition('Boat')
  const west = { ...east, printerColumns: columns, definitionHash: 'e'.repeat(64) }
  await store.put([east])
  await store.put([west])
  expect(west.outlineHash).toBe(east.outlineHash)
  expect(await store.get(computeDefinitionRef(east))).toEqual(east)
  expect(await store.get(computeDefinitionRef(west))).toEqual(west)
})

test('the ref of a definition does not depend on the order of its members', () => {
  const { type, ...rest } = makeDefinition('Boat')
  expect(computeDefinitionRef({ ...rest, type })).toBe(computeDefinitionRef({ type, ...rest }))
})

test('a cached definition whose outline has expired counts as unknown', async () => {
  const { redis, keys, store } = open()
  const definition = makeDefinition('Gone')
  const known = store.openCache('prod')
  await known.remember([{ sourceKey: 'crd:u1:1', definition }])
  await redis.del(keys.definition(computeDefinitionRef(definition)))
  expect(await known.lookup(['crd:u1:1'])).toEqual([undefined])
})
