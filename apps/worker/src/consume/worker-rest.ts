/** The part of a BullMQ worker that this needs, whatever its jobs are. */
interface Fetching {
  pause(doNotWaitActive: boolean): Promise<void>
  resume(): Promise<void> | void
}

/** Lets a worker fetch no job for a while; of two rests the longer one counts. */
export interface WorkerRest {
  rest(forMs: number): void
  /** Ends the rest early. */
  end(): void
}

/** Jobs that run go on. A worker that is closed meanwhile stays closed. */
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
