import { Redis } from 'ioredis'
import { startOwnRedis, type OwnRedis } from './own-redis.ts'
import { until } from './until.ts'

const SLOTS = 16_384

/**
 * Starts a one-node Redis Cluster with all slots: plain clients work, and commands with keys of two slots
 * fail.
 */
export async function startClusterRedis(): Promise<OwnRedis> {
  const asNode = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf']
  const redis = await startOwnRedis(asNode)
  await withClient(redis.url, (client) =>
    client.call('CLUSTER', 'ADDSLOTS', ...Array.from({ length: SLOTS }, (_, slot) => slot)),
  )
  await clusterIsUp(redis.url)
  return {
    ...redis,
    restart: async () => {
      await redis.restart()
      await clusterIsUp(redis.url)
    },
  }
}

async function clusterIsUp(url: string): Promise<void> {
  await withClient(url, (client) =>
    until('the cluster to serve', async () => {
      const state = String(await client.call('CLUSTER', 'INFO'))
      return state.includes('cluster_state:ok') || undefined
    }),
  )
}

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}
