import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Definition } from '@capstan/shared/contract/definition'
import { batchCalls } from '@capstan/redis/batch-calls'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { computeDefinitionRef } from './compute-definition-ref.ts'
import { openDefinitionCache, type DefinitionCache } from './definition-cache.ts'

/** Longer than a scan waits. A cluster that is scanned every week keeps its definitions. */
const KEEP_SECONDS = 7 * 86_400
/** A definition may expire this much earlier than 7 days after its last use, which saves writes. */
const SPARE_SECONDS = 3_600
const CHUNK = 200
/** Definitions are a few KB each. */
const MAX_READS = 50

const script = defineLuaScript(new URL('./read-definitions.lua', import.meta.url))
const Texts = z.array(z.string().nullable())

/** Definitions by `computeDefinitionRef`. Jobs contain the ref instead of the definition. */
export interface DefinitionStore {
  put(definitions: Definition[]): Promise<void>
  /** Undefined when the definition is unknown or expired (7 days without use). */
  get(ref: string): Promise<Definition | undefined>
  /** Reads outlines in the order of the refs and extends their TTL. */
  outlines(refs: string[]): Promise<(string | undefined)[]>
  /** Opens the cache of definitions by immutable source of one cluster; see ClusterSource.describe. */
  openCache(cluster: string): DefinitionCache
}

/**
 * Opens the store over one Redis connection. The caller owns the connection. Concurrent `get` calls share one script call.
 */
export function openDefinitionStore(redis: Redis, keys: RedisKeys): DefinitionStore {
  const read = batchCalls(MAX_READS, async (_: string, refs: string[]) =>
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

/** Runs a pipeline and throws its first error, which ioredis returns as a reply. */
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
