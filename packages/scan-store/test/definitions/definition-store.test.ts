import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testRedis } from '@capstan/testkit/redis'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/definition-ref'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys, store: openDefinitionStore(redis, keys) }
}

test('a definition is found under its ref, and every use keeps it for a week more', async () => {
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

test('of many that ask at once each gets its own definition, and one that is gone takes no other with it', async () => {
  const { redis, keys, store } = open()
  const definitions = Array.from({ length: 120 }, (_, index) => makeDefinition(`Kind${index}`))
  await store.put(definitions)
  const [gone, ...kept] = definitions.map(computeDefinitionRef)
  await redis.del(keys.definition(gone ?? ''))
  const found = await Promise.all([...kept, gone ?? ''].map(store.get))
  expect(found).toEqual([...definitions.slice(1), undefined])
})

test('a cluster remembers what a source reduced to, in the order asked', async () => {
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

test('a new generation takes the place of the old one', async () => {
  const { redis, keys, store } = open()
  const known = store.openCache('prod')
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
  const known = store.openCache('prod')
  await known.remember([
    { sourceKey: 'crd:u1:1', definition: one },
    { sourceKey: 'crd:u2:1', definition: two },
  ])
  expect(await known.lookup(['crd:u1:1', 'crd:u2:1'])).toEqual([one, two])
})

test('two clusters with one outline of a type keep their own columns, verbs and hashes', async () => {
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

test('the ref of a definition says nothing of the order of its members', () => {
  const { type, ...rest } = makeDefinition('Boat')
  expect(computeDefinitionRef({ ...rest, type })).toBe(computeDefinitionRef({ type, ...rest }))
})

test('what is remembered without its outline counts as unknown', async () => {
  const { redis, keys, store } = open()
  const definition = makeDefinition('Gone')
  const known = store.openCache('prod')
  await known.remember([{ sourceKey: 'crd:u1:1', definition }])
  await redis.del(keys.definition(computeDefinitionRef(definition)))
  expect(await known.lookup(['crd:u1:1'])).toEqual([undefined])
})
