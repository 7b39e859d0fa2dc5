/** The part of a BullMQ worker that a rest needs. */
interface Fetching {
  pause(doNotWaitActive: boolean): Promise<void>
  resume(): Promise<void> | void
}

/** Stops a worker from fetching for a while; the longer of two rests counts. */
export interface WorkerRest {
  rest(forMs: number): void
  /** Ends the rest early. */
  end(): void
}

/** Running jobs continue. A worker that is closed during a rest stays closed. */
export function openWorkerRest(worker: Fetching): WorkerRest {
  let endsAt = 0
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    clearTimeout(timer)
    timer = undefined
    endsAt = 0
    void worker.resume()
  }
  return {
    rest: (forMs) => {
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
