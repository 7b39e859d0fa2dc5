import { backoffMs } from '@capstan/shared/async/backoff'
import type { ConnectionStatus, LiveHandlers } from './live-handlers.ts'
import { openConnection } from './open-connection.ts'
import { loadSession } from '../session.ts'

export interface Stream {
  /** Reads these topics, from a snapshot on if they are new or `isRestart`. Without any the connection is closed. */
  follow(topics: string[], isRestart: boolean): void
}

/** Spread, so that many pages do not return at once. */
const RETRY_STEPS = { firstMs: 500, longestMs: 8_000, jitter: [0.5, 1] } as const
/** To an EventSource a rejected session looks like an outage, so the server is asked. */
const FAILURES_BEFORE_ASKING = 2

/** Keeps one connection to GET /events. It resumes by the id of its last event, with growing delays after failures. */
export function openStream({ onFrame, onStatus }: LiveHandlers): Stream {
  let disconnect: (() => void) | undefined
  let topics: string[] = []
  let lastEventId = ''
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const close = (): void => {
    clearTimeout(timer)
    disconnect?.()
    disconnect = undefined
  }
  const retry = (): void => {
    close()
    failures += 1
    if (failures >= FAILURES_BEFORE_ASKING) void loadSession()
    const delay = backoffMs(failures - 1, RETRY_STEPS)
    onStatus({ state: 'waiting', at: Date.now() + delay })
    timer = setTimeout(connect, delay)
  }
  const connect = (): void => {
    clearTimeout(timer)
    disconnect = openConnection(topics, lastEventId, {
      onFirst: () => {
        failures = 0
        onStatus({ state: 'live' })
      },
      onFrame: (frame) => {
        lastEventId = frame.id ?? lastEventId
        onFrame(frame)
      },
      onFailure: retry,
    })
  }
  addEventListener('online', () => {
    if (disconnect === undefined && topics.length > 0) connect()
  })
  return {
    follow: (wanted, isRestart) => {
      const next = wanted.toSorted()
      if (next.join() === topics.join() && !isRestart) return
      topics = next
      // Positions of other topics are unknown, so the server begins with a snapshot.
      lastEventId = ''
      close()
      onStatus(describeStart(topics, failures))
      if (topics.length > 0) connect()
    },
  }
}

/** After failures pages go on polling until the connection delivers something. */
function describeStart(topics: string[], failures: number): ConnectionStatus {
  if (topics.length === 0) return { state: 'asleep' }
  return failures > 0 ? { state: 'waiting', at: Date.now() } : { state: 'connecting' }
}
