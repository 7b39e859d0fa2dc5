import type { ApiDeps } from '../deps.ts'

/** Which version of each type's definition the watcher has dealt with. Survives restarts. */
export interface WatchState {
  /** Undefined when the cluster was never watched. */
  read(): Promise<Map<string, string> | undefined>
  note(versions: Map<string, string>): Promise<void>
  forget(resources: string[]): Promise<void>
}

/** Every watched cluster has this field, so that an empty one can be told from one never watched. */
const SINCE = '#since'

export function openWatchState(
  { redis, keys }: Pick<ApiDeps, 'redis' | 'keys'>,
  cluster: string,
): WatchState {
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
