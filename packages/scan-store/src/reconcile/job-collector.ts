/** Collects job ids for 250 ms and handles them together. */
export interface JobCollector {
  add(jobId: string): void
  /** Handles the collected ids and ends. */
  stop(): Promise<void>
}

const COLLECT_MS = 250

/** Opens a collector, because thousands of types may fail within a second, each with an event. `handle` must not throw. */
export function openJobCollector(handle: (jobIds: string[]) => Promise<void>): JobCollector {
  let collected: string[] = []
  let timer: NodeJS.Timeout | undefined
  let handling = Promise.resolve()
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const jobIds = collected
    collected = []
    if (jobIds.length > 0) handling = handling.then(() => handle(jobIds))
  }
  return {
    add: (jobId) => {
      collected.push(jobId)
      timer ??= setTimeout(flush, COLLECT_MS).unref()
    },
    stop: async () => {
      flush()
      await handling
    },
  }
}
