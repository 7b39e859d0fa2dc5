/** Values that callers share for a short time, so that clients which connect together cost one read. */
export interface BriefCache<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string, value: T): void
}

interface BriefCacheOptions {
  keepMs: number
  /** Maximum number of values. The oldest ones are dropped first. */
  most: number
}

export function createBriefCache<T>({ keepMs, most }: BriefCacheOptions): BriefCache<T> {
  const entries = new Map<string, { value: T; timer: NodeJS.Timeout }>()
  const drop = (key: string): void => {
    clearTimeout(entries.get(key)?.timer)
    entries.delete(key)
  }
  return {
    get: (key) => entries.get(key)?.value,
    set: (key, value) => {
      drop(key)
      entries.set(key, { value, timer: setTimeout(() => entries.delete(key), keepMs).unref() })
      const [oldest] = entries.keys()
      if (entries.size > most && oldest !== undefined) drop(oldest)
    },
    delete: (key, value) => {
      if (entries.get(key)?.value === value) drop(key)
    },
  }
}
