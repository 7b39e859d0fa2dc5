import { withAbort } from '@capstan/shared/async/with-abort'

/** One discovery of what a cluster offers, shared by all callers that wait for it. */
interface SharedRun<Found> {
  /** `performance.now()` of its begin: what it finds may be as old as that. */
  at: number
  found: Promise<Found>
  state: 'open' | 'done' | 'failed'
  /** Ends it early when none of its callers is left. */
  join(signal: AbortSignal): Promise<Found>
}

/**
 * Makes one look serve all callers that it is new enough for: those that accept its age, and those that wait for one
 * that begins after they have asked. At most one look is under way, so a burst of callers costs two. A failure reaches
 * all callers of its look and is not kept; a look without callers is aborted.
 */
export function singleFlight<Found>(
  look: (signal: AbortSignal) => Promise<Found>,
): (signal: AbortSignal, maxAgeMs?: number) => Promise<Found> {
  let newest: SharedRun<Found> | undefined
  let next: Promise<SharedRun<Found>> | undefined
  const begin = (): SharedRun<Found> => (newest = beginLook(look))
  const beginNext = async (current: SharedRun<Found>): Promise<SharedRun<Found>> => {
    await current.found.catch(() => undefined)
    next = undefined
    return begin()
  }
  return async (signal, maxAgeMs = 0) => {
    signal.throwIfAborted()
    const current = newest
    const isNewEnough = current && performance.now() - current.at < maxAgeMs
    if (isNewEnough && current.state !== 'failed') return current.join(signal)
    if (current?.state !== 'open') return begin().join(signal)
    next ??= beginNext(current)
    return (await withAbort(next, signal)).join(signal)
  }
}

function beginLook<Found>(look: (signal: AbortSignal) => Promise<Found>): SharedRun<Found> {
  const abandoned = new AbortController()
  let callers = 0
  const begun: SharedRun<Found> = {
    at: performance.now(),
    found: look(abandoned.signal),
    state: 'open',
    join: async (signal) => {
      callers += 1
      try {
        return await withAbort(begun.found, signal)
      } finally {
        callers -= 1
        if (callers === 0) abandoned.abort()
      }
    },
  }
  begun.found.then(
    () => (begun.state = 'done'),
    () => (begun.state = 'failed'),
  )
  // Its callers may all have left while they waited for it to begin.
  setImmediate(() => {
    if (callers === 0) abandoned.abort()
  })
  return begun
}
