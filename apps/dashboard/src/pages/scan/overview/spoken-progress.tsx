import { useEffect, useRef, useState } from 'preact/hooks'
import type { Scan } from '@capstan/shared/contract/scan/scan'

/** More often would interrupt people who listen. */
const SPEAK_MS = 5_000

/** Progress for screen readers, at most every five seconds. */
export function SpokenProgress({ scan }: { scan: Scan }) {
  const latest = useRef(scan)
  latest.current = scan
  const [text, setText] = useState('')
  useEffect(() => {
    setText(describe(latest.current))
    const timer = setInterval(() => setText(describe(latest.current)), SPEAK_MS)
    return () => clearInterval(timer)
  }, [scan.done])
  return (
    <p class="only-read" role="status">
      {text}
    </p>
  )
}

function describe({ status, progress }: Scan): string {
  const { total, finished, failed } = progress
  if (total === null) return `The scan is ${status}`
  return `The scan is ${status}: ${finished} of ${total} types finished, ${failed} failed`
}
