import { expect, onTestFinished, test } from 'vitest'
import { Redis } from 'ioredis'
import {
  openDialectMemory,
  type DialectMemory,
  type DialectLookupOptions,
} from '@capstan/limits/dialects/dialect-memory'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { Signal } from '@capstan/redis/signals/signal'
import { testRedis } from '@capstan/testkit/redis'

const KEY = { account: 'openai', model: 'local/model:7b' }
const JSON_OBJECT = { ...FULL_DIALECT, output: 'json_object' } as const
const DAY_MS = 86_400_000

function open() {
  const { url, keys } = testRedis()
  const connect = (): Redis => {
    const redis = new Redis(url)
    onTestFinished(() => redis.disconnect())
    return redis
  }
  const redis = connect()
  return { redis, keys, connect, memory: openDialectMemory(redis, keys) }
}

const look = (memory: DialectMemory, owner: string, options: Partial<DialectLookupOptions> = {}) =>
  memory.lookUp(KEY, { owner, isAssumed: false, ...options })

/** Sets the age of the stored entry. */
async function age({ redis, keys }: ReturnType<typeof open>, ms: number): Promise<void> {
  for (const [field, text] of Object.entries(await redis.hgetall(keys.dialects))) {
    const entry = JSON.parse(text) as { atMs: number } // written by the memory
    await redis.hset(keys.dialects, field, JSON.stringify({ ...entry, atMs: entry.atMs - ms }))
  }
}

test('one of several calls to an unknown endpoint negotiates, and the others get its result', async () => {
  const { memory } = open()
  const looks = await Promise.all(['a', 'b', 'c'].map((owner) => look(memory, owner)))
  expect(looks.map(({ outcome }) => outcome).toSorted()).toEqual(['acquired', 'busy', 'busy'])
  const winner = ['a', 'b', 'c'][looks.findIndex(({ outcome }) => outcome === 'acquired')] ?? ''
  await memory.store(KEY, winner, { state: 'learned', dialect: JSON_OBJECT, refusals: 1 })
  expect(await look(memory, 'd')).toMatchObject({
    outcome: 'known',
    entry: { state: 'learned', dialect: JSON_OBJECT },
  })
  const [learned] = await memory.list([KEY])
  expect(learned).toMatchObject({ ...JSON_OBJECT, learnedAt: expect.stringMatching(/^\d{4}-/) })
})

test('the end of a negotiation is signalled once, and its refused calls are not', async () => {
  const { memory, connect, keys } = open()
  const signals: unknown[] = []
  const subscriber = connect()
  await subscriber.subscribe(keys.signals)
  const ended = new Promise<void>((resolve) => {
    subscriber.on('message', (_, text) => {
      signals.push(Signal.parse(JSON.parse(text)))
      resolve()
    })
  })
  await look(memory, 'a')
  await memory.store(KEY, 'a', { state: 'trying', dialect: JSON_OBJECT, refusals: 1 })
  await memory.store(KEY, 'a', { state: 'learned', dialect: JSON_OBJECT, refusals: 1 })
  await ended
  expect(signals).toEqual([{ type: 'dialect', ...KEY }])
})

test('a released negotiation continues at its last dialect', async () => {
  const { memory } = open()
  await look(memory, 'a')
  await memory.store(KEY, 'a', { state: 'trying', dialect: JSON_OBJECT, refusals: 2 })
  expect(await look(memory, 'b')).toMatchObject({ outcome: 'busy' })
  await memory.releaseLease(KEY, 'a')
  expect(await look(memory, 'b')).toMatchObject({
    outcome: 'acquired',
    entry: { state: 'trying', dialect: JSON_OBJECT, refusals: 2 },
  })
})

test('a negotiation without its lease cannot overwrite the result of another', async () => {
  const { memory, redis, keys } = open()
  await look(memory, 'slow')
  await redis.del(keys.dialectLease(KEY.account, KEY.model))
  await look(memory, 'quick')
  await memory.store(KEY, 'quick', { state: 'learned', dialect: JSON_OBJECT, refusals: 1 })
  await memory.store(KEY, 'slow', { state: 'failed', dialect: FULL_DIALECT, refusals: 3 })
  await memory.store(KEY, 'slow', { state: 'learned', dialect: FULL_DIALECT, refusals: 0 })
  expect(await memory.list([KEY])).toMatchObject([JSON_OBJECT])
})

test('calls to an assumed endpoint do not wait, and negotiate after a refusal', async () => {
  const { memory } = open()
  const assumed = { isAssumed: true }
  expect(await look(memory, 'a', assumed)).toEqual(
    expect.objectContaining({ outcome: 'known', entry: undefined }),
  )
  const refused = { ...assumed, refused: FULL_DIALECT }
  expect(await look(memory, 'b', refused)).toMatchObject({ outcome: 'acquired' })
  expect(await look(memory, 'c', refused)).toMatchObject({ outcome: 'busy' })
  await memory.store(KEY, 'b', { state: 'learned', dialect: JSON_OBJECT, refusals: 1 })
  // A call refused in the old dialect finds the new one.
  expect(await look(memory, 'c', refused)).toMatchObject({
    outcome: 'known',
    entry: { dialect: JSON_OBJECT },
  })
})

test('one call renews a learned dialect after a week, while the others use it', async () => {
  const opened = open()
  const { memory } = opened
  await memory.store(KEY, 'a', { state: 'learned', dialect: JSON_OBJECT, refusals: 0 })
  await age(opened, 6 * DAY_MS)
  expect(await look(memory, 'b')).toMatchObject({ outcome: 'known' })
  await age(opened, 2 * DAY_MS)
  const old = { entry: { state: 'learned', dialect: JSON_OBJECT } }
  expect(await look(memory, 'b')).toMatchObject({ outcome: 'acquired', ...old })
  expect(await look(memory, 'c')).toMatchObject({ outcome: 'busy', ...old })
})

test('a late answer without a lease does not postpone the renewal', async () => {
  const opened = open()
  const { memory } = opened
  await memory.store(KEY, 'a', { state: 'learned', dialect: JSON_OBJECT, refusals: 0 })
  await age(opened, 8 * DAY_MS)
  await memory.store(KEY, 'late', { state: 'learned', dialect: JSON_OBJECT, refusals: 0 })
  expect(await look(memory, 'b')).toMatchObject({ outcome: 'acquired' })
})

test('a failed negotiation is repeated after ten minutes, or at once if forced', async () => {
  const opened = open()
  const { memory } = opened
  await look(memory, 'a')
  await memory.store(KEY, 'a', { state: 'failed', dialect: FULL_DIALECT, refusals: 3 })
  expect(await look(memory, 'b')).toMatchObject({ outcome: 'known', entry: { state: 'failed' } })
  expect(await look(memory, 'b', { refused: FULL_DIALECT })).toMatchObject({ outcome: 'known' })
  expect(await memory.list([KEY])).toEqual([undefined])
  expect(await look(memory, 'b', { isForced: true })).toMatchObject({ outcome: 'acquired' })
  await memory.releaseLease(KEY, 'b')
  await age(opened, 601_000)
  expect(await look(memory, 'c')).toMatchObject({ outcome: 'acquired', entry: undefined })
})

test('the number of stored dialects is bounded, and the oldest is removed first', async () => {
  const opened = open()
  const { memory, redis, keys } = opened
  const learn = (model: string) =>
    memory.store({ ...KEY, model }, 'a', { state: 'learned', dialect: FULL_DIALECT, refusals: 0 })
  await learn('first')
  await age(opened, 1_000)
  for (let count = 0; count < 500; count += 1) await learn(`model-${count}`)
  expect(await redis.hlen(keys.dialects)).toBe(500)
  const [first, last] = await memory.list([
    { ...KEY, model: 'first' },
    { ...KEY, model: 'model-499' },
  ])
  expect([first, last]).toEqual([undefined, expect.objectContaining(FULL_DIALECT)])
})

test('a malformed entry counts as missing', async () => {
  const { memory, redis, keys } = open()
  const odd = {
    state: 'learned',
    dialect: 'by_telepathy max_tokens system',
    refusals: 0,
    atMs: 1e15,
  }
  await redis.hset(keys.dialects, JSON.stringify(['openai', KEY.model]), JSON.stringify(odd))
  expect(await memory.list([KEY])).toEqual([undefined])
  expect(await look(memory, 'a')).toMatchObject({ outcome: 'known', entry: undefined })
})
