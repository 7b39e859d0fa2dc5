import type { ApiDeps } from '../deps.ts'

/**
 * The last version of each type that the watcher has processed: handed to a scan, found unchanged, or present at the first watch.
 * Stored in Redis, so a restarted API continues there.
 */
export interface ProcessedVersions {
  /** Returns undefined for a cluster that was never watched. */
  read(): Promise<Map<string, string> | undefined>
  /** Adds or replaces the versions of types, by resource name. */
  record(versions: Map<string, string>): Promise<void>
  forget(resources: string[]): Promise<void>
}

/** Field beside the types. It distinguishes a cluster without types from one that was never watched. */
const WATCHED_FIELD = '#since'

export function openProcessedVersions(
  { redis, keys }: Pick<ApiDeps, 'redis' | 'keys'>,
  cluster: string,
): ProcessedVersions {
  const key = keys.watchState(cluster)
  return {
    read: async () => {
      const { [WATCHED_FIELD]: watched, ...versions } = await redis.hgetall(key)
      return watched === undefined ? undefined : new Map(Object.entries(versions))
    },
    record: async (versions) => {
      await redis.hset(key, { [WATCHED_FIELD]: 'yes', ...Object.fromEntries(versions) })
    },
    forget: async (resources) => {
      if (resources.length > 0) await redis.hdel(key, ...resources)
    },
  }
}
