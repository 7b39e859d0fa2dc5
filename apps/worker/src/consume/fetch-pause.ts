/** The methods of a BullMQ worker that are used. */
interface PausableWorker {
  pause(doNotWaitActive: boolean): Promise<void>
  resume(): Promise<void> | void
}

/** Stops a BullMQ worker of this process from fetching jobs for a while. Running jobs continue. */
export interface FetchPause {
  /** Pauses fetching. A longer pause in force stays. */
  start(forMs: number): void
  /** Ends the pause early. */
  end(): void
}

/** Opens the fetch pause of a worker. A worker that is closed during a pause stays closed. */
export function openFetchPause(worker: PausableWorker): FetchPause {
  let endsAt = 0
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    clearTimeout(timer)
    timer = undefined
    endsAt = 0
    void worker.resume()
  }
  return {
    start: (forMs) => {
      const endsThen = performance.now() + forMs
      if (endsThen <= endsAt) return
      endsAt = endsThen
      if (!timer) void worker.pause(true)
      clearTimeout(timer)
      timer = setTimeout(end, forMs).unref()
    },
    end: () => {
      if (timer) end()
    },
  }
}
