import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testQdrant, type QdrantServer } from '@capstan/testkit/qdrant/qdrant-server'
import { testRedis } from '@capstan/testkit/redis'
import {
  openQdrantCatalog,
  type QdrantCatalogSettings,
} from '@capstan/catalog/qdrant/qdrant-catalog'

/** A slow machine or server is no reason to search elsewhere. */
const NO_TIMEOUT_MS = 600_000

/** Opens catalogs over one Redis prefix and one alias, closed after the test. */
export function openStore(url: string, apiKey?: string) {
  const { url: redisUrl, keys } = testRedis()
  const collection = `t${randomBytes(6).toString('hex')}`
  const open = (settings: Partial<QdrantCatalogSettings> = {}) => {
    const redis = new Redis(redisUrl)
    const catalog = openQdrantCatalog(redis, keys, {
      url,
      apiKey,
      collection,
      searchTimeoutMs: NO_TIMEOUT_MS,
      ...settings,
    })
    onTestFinished(async () => {
      await catalog.close()
      redis.disconnect()
    })
    return catalog
  }
  return { open, collection, keys, redisUrl }
}

/** A store over a server that behaves like Qdrant. */
export async function startStore(
  version?: string,
): Promise<{ server: QdrantServer } & ReturnType<typeof openStore>> {
  const specPath = process.env['CAPSTAN_QDRANT_SPEC']
  const server = await testQdrant({ specPath, ...(version === undefined ? {} : { version }) })
  return { server, ...openStore(server.url) }
}

/** Kinds `Kind0`, `Kind1` and so on. */
export const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => makeCapability({ kind: `Kind${index}` }))
