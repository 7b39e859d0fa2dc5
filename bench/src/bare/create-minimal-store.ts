import { hash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { batchCalls } from '@capstan/redis/join-calls'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { makeCapability } from '@capstan/testkit/make-capability'
import { makeDefinition } from '@capstan/testkit/make-definition'

/** As many as Capstan puts into one step. */
const MOST_JOINED = 50
const script = defineLuaScript(new URL('./least-store.lua', import.meta.url))

/**
 * The least that an engine does which keeps what it finds: it reads the definition and stores answer, row, state and
 * event, in two steps that are shared with other jobs. No claim, no lease, no epoch, no question, no check of an
 * answer, no metrics: a worker may die or be overtaken in no moment of it.
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
