import { useEffect, useRef } from 'preact/hooks'
import { connection } from './store.ts'

const POLL_MS = 5_000

/** Calls `read` every 5 s while no stream of events reaches this page, and once more when the stream is back. */
export function usePolling(read: () => void): void {
  const isCut = connection.value.state === 'waiting'
  const latest = useRef(read)
  latest.current = read
  useEffect(() => {
    if (!isCut) return
    const timer = setInterval(() => latest.current(), POLL_MS)
    return () => {
      clearInterval(timer)
      // Not when the page is left.
      if (connection.peek().state === 'live') latest.current()
    }
  }, [isCut])
}
