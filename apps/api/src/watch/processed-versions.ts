import type { ApiDeps } from '../deps.ts'

/** Processed definition versions by type. Survives restarts. */
export interface ProcessedVersions {
  /** Returns undefined for a cluster that was never watched. */
  read(): Promise<Map<string, string> | undefined>
  note(versions: Map<string, string>): Promise<void>
  forget(resources: string[]): Promise<void>
}

/** Field of every watched cluster, which distinguishes an empty cluster from one that was never watched. */
const SINCE = '#since'

export function openProcessedVersions(
  { redis, keys }: Pick<ApiDeps, 'redis' | 'keys'>,
  cluster: string,
): ProcessedVersions {
  const key = keys.watchState(cluster)
  return {
    read: async () => {
      const { [SINCE]: since, ...versions } = await redis.hgetall(key)
      return since === undefined ? undefined : new Map(Object.entries(versions))
    },
    note: async (versions) => {
      await redis.hset(key, { [SINCE]: 'yes', ...Object.fromEntries(versions) })
    },
    forget: async (resources) => {
      if (resources.length > 0) await redis.hdel(key, ...resources)
    },
  }
}
