import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Definition } from '@capstan/shared/contract/definition'
import type { RedisKeys } from '@capstan/redis/keys'
import { computeDefinitionRef } from './compute-definition-ref.ts'

/** Structurally equal to KnownDefinitions of the cluster package, which this package may not import. */
export interface DefinitionCache {
  lookup(sourceKeys: string[]): Promise<(Definition | undefined)[]>
  remember(entries: { sourceKey: string; definition: Definition }[]): Promise<void>
}

interface Deps {
  redis: Redis
  keys: RedisKeys
  store: {
    put(definitions: Definition[]): Promise<void>
    outlines(refs: string[]): Promise<(string | undefined)[]>
  }
}

/** A definition without its outline. The definition store holds the outline once for all clusters. */
const Known = z.object({
  sourceKey: z.string(),
  ref: z.string(),
  definition: Definition.omit({ outline: true }),
})
type Known = z.infer<typeof Known>

const KEEP_SECONDS = 7 * 86_400
const CHUNK = 200
/** Entries of removed types are not deleted. Beyond this number the cache is cleared. */
const MOST_ENTRIES = 20_000

/** Opens the cache of one cluster: the reduced definition of the newest version of each source. */
export function openDefinitionCache(deps: Deps, cluster: string): DefinitionCache {
  const name = deps.keys.knownDefinitions(cluster)
  return {
    lookup: async (sourceKeys) => {
      const found: (Definition | undefined)[] = []
      for (let from = 0; from < sourceKeys.length; from += CHUNK) {
        found.push(...(await lookupChunk(deps, name, sourceKeys.slice(from, from + CHUNK))))
      }
      return found
    },
    remember: async (entries) => {
      await deps.store.put(entries.map(({ definition }) => definition))
      if ((await deps.redis.hlen(name)) > MOST_ENTRIES) await deps.redis.unlink(name)
      for (let from = 0; from < entries.length; from += CHUNK) {
        const chunk = entries.slice(from, from + CHUNK)
        await deps.redis.hset(name, Object.fromEntries(chunk.map(asField)))
        await deps.redis.expire(name, KEEP_SECONDS)
      }
    },
  }
}

async function lookupChunk(
  { redis, store }: Deps,
  name: string,
  sourceKeys: string[],
): Promise<(Definition | undefined)[]> {
  const texts = await redis.hmget(name, ...sourceKeys.map(sourceName))
  const known = texts.map((text, index) => {
    const entry = parseKnown(text)
    return entry && entry.sourceKey === sourceKeys[index] ? entry : undefined
  })
  const refs = known.flatMap((entry) => entry?.ref ?? [])
  if (refs.length === 0) return sourceKeys.map(() => undefined)
  await redis.expire(name, KEEP_SECONDS)
  const outlines = await store.outlines(refs)
  const byRef = new Map(refs.map((ref, index) => [ref, outlines[index]]))
  return known.map((entry) => {
    const outline = entry && byRef.get(entry.ref)
    return entry && outline !== undefined ? { ...entry.definition, outline } : undefined
  })
}

function asField({
  sourceKey,
  definition,
}: {
  sourceKey: string
  definition: Definition
}): [string, string] {
  const { outline: _outline, ...rest } = definition
  const known: Known = { sourceKey, ref: computeDefinitionRef(definition), definition: rest }
  return [sourceName(sourceKey), JSON.stringify(known)]
}

/**
 * The part of a source key without its version: `crd:<uid>` of `crd:<uid>:<generation>`, `openapi:<path>:<kind>` of
 * `openapi:<path>:<hash>:<kind>`. So a new version replaces the old one.
 */
function sourceName(sourceKey: string): string {
  const parts = sourceKey.split(':')
  return parts.length < 3 ? sourceKey : [...parts.slice(0, 2), ...parts.slice(3)].join(':')
}

function parseKnown(text: string | null | undefined): Known | undefined {
  if (!text) return undefined
  try {
    return Known.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
