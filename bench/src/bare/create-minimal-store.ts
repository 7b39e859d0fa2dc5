import { hash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { batchCalls } from '@capstan/redis/batch-calls'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { makeCapability } from '@capstan/testkit/make-capability'
import { makeDefinition } from '@capstan/testkit/make-definition'

/** As many as Capstan puts into one step. */
const MOST_JOINED = 50
const script = defineLuaScript(new URL('./least-store.lua', import.meta.url))

/**
 * The minimal work of an engine that stores its results: read the definition, store answer, row, state and
 * event, in two steps shared with other jobs. No claim, lease, epoch, prompt, validation or metrics; it is
 * not safe against failures.
 */
export async function createMinimalStore(
  redis: Redis,
  prefix: string,
): Promise<(job: InferJob) => Promise<unknown>> {
  const definition = `${prefix}:definition`
  const stores = ['results', 'rows', 'states', 'events'].map((name) => `${prefix}:${name}`)
  await redis.set(definition, JSON.stringify(makeDefinition('Widget')))
  const found = makeCapability()
  const read = batchCalls(MOST_JOINED, (_name, refs: string[]) => redis.mget(refs))
  const store = batchCalls(MOST_JOINED, async (_name, items: string[][]) => {
    await script.run(redis, stores, items.flat())
    return items.map(() => true)
  })
  return async ({ resource }) => {
    const contentKey = hash('sha256', `${await read('read', definition)} ${resource}`)
    const row = JSON.stringify({ ...found, id: contentKey, resource })
    const state = JSON.stringify({ status: 'succeeded', finishedAtMs: Date.now() })
    await store('store', [contentKey, JSON.stringify(found), resource, row, state])
  }
}
