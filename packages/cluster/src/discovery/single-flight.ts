import { withAbort } from '@capstan/shared/async/with-abort'

/** One run, shared by all callers that wait for it. */
interface SharedRun<Result> {
  /** `performance.now()` at its start: the result can be this old. */
  startedAt: number
  result: Promise<Result>
  state: 'open' | 'done' | 'failed'
  /** Waits for the result. When the last caller aborts, the run is aborted. */
  join(signal: AbortSignal): Promise<Result>
}

/**
 * Shares runs of `run` between callers. A caller joins the latest run if its age is below `maxAgeMs`, else the next run that
 * starts after the call. At most one run is in progress, so a burst of callers causes two runs. A failure reaches all
 * callers of its run and is not kept. A run without callers is aborted.
 */
export function singleFlight<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
): (signal: AbortSignal, maxAgeMs?: number) => Promise<Result> {
  let newest: SharedRun<Result> | undefined
  let next: Promise<SharedRun<Result>> | undefined
  const start = (): SharedRun<Result> => (newest = startRun(run))
  const startNext = async (current: SharedRun<Result>): Promise<SharedRun<Result>> => {
    await current.result.catch(() => undefined)
    next = undefined
    return start()
  }
  return async (signal, maxAgeMs = 0) => {
    signal.throwIfAborted()
    const current = newest
    const isNewEnough = current && performance.now() - current.startedAt < maxAgeMs
    if (isNewEnough && current.state !== 'failed') return current.join(signal)
    if (current?.state !== 'open') return start().join(signal)
    next ??= startNext(current)
    return (await withAbort(next, signal)).join(signal)
  }
}

function startRun<Result>(run: (signal: AbortSignal) => Promise<Result>): SharedRun<Result> {
  const aborting = new AbortController()
  let callers = 0
  const started: SharedRun<Result> = {
    startedAt: performance.now(),
    result: run(aborting.signal),
    state: 'open',
    join: async (signal) => {
      callers += 1
      try {
        return await withAbort(started.result, signal)
      } finally {
        callers -= 1
        if (callers === 0) aborting.abort()
      }
    },
  }
  started.result.then(
    () => (started.state = 'done'),
    () => (started.state = 'failed'),
  )
  // All callers may have aborted while they waited for the start.
  setImmediate(() => {
    if (callers === 0) aborting.abort()
  })
  return started
}
