import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Definition } from '@capstan/shared/contract/definition'
import { batchCalls } from '@capstan/redis/join-calls'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { computeDefinitionRef } from './definition-ref.ts'
import { openDefinitionCache, type DefinitionCache } from './known-definitions.ts'

/** Longer than any scan waits; a cluster scanned every week never has to be read again. */
const KEEP_SECONDS = 7 * 86_400
/** A definition may end this much earlier than a week after its last use. */
const SPARE_SECONDS = 3_600
const CHUNK = 200
/** Definitions are a few KB each. */
const MOST_JOINED = 50

const script = defineLuaScript(new URL('./read.lua', import.meta.url))
const Texts = z.array(z.string().nullable())

/** Definitions under their `definitionRef`: what jobs refer to instead of carrying it. */
export interface DefinitionStore {
  put(definitions: Definition[]): Promise<void>
  /** Undefined when it expired (7 days without use) or was never there. */
  get(ref: string): Promise<Definition | undefined>
  /** Outlines in the order of the refs; being asked for keeps them alive. */
  outlines(refs: string[]): Promise<(string | undefined)[]>
  /** What one cluster's immutable sources reduced to; see ClusterSource.describe. */
  openCache(cluster: string): DefinitionCache
}

/**
 * The store over one Redis connection, which stays the caller's. Definitions that are asked for while a step is under
 * way go to Redis as the next one.
 */
export function openDefinitionStore(redis: Redis, keys: RedisKeys): DefinitionStore {
  const read = batchCalls(MOST_JOINED, async (_: string, refs: string[]) =>
    Texts.parse(await script.run(redis, refs.map(keys.definition), [KEEP_SECONDS, SPARE_SECONDS])),
  )
  const store: DefinitionStore = {
    put: async (definitions) => {
      for (let from = 0; from < definitions.length; from += CHUNK) {
        const pipeline = redis.pipeline()
        for (const definition of definitions.slice(from, from + CHUNK)) {
          const name = keys.definition(computeDefinitionRef(definition))
          pipeline.set(name, JSON.stringify(definition), 'EX', KEEP_SECONDS)
        }
        await runAll(pipeline)
      }
    },
    get: async (ref) => parseDefinition(await read('read', ref)),
    outlines: async (refs) => {
      const pipeline = redis.pipeline()
      for (const ref of refs) pipeline.getex(keys.definition(ref), 'EX', KEEP_SECONDS)
      const texts = await runAll(pipeline)
      return texts.map((text) =>
        typeof text === 'string' ? parseDefinition(text)?.outline : undefined,
      )
    },
    openCache: (cluster) => openDefinitionCache({ redis, keys, store }, cluster),
  }
  return store
}

/** Throws the first error; a pipeline hides them in its replies. */
async function runAll(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}

function parseDefinition(text: string | null): Definition | undefined {
  if (text === null) return undefined
  try {
    return Definition.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
