import { useEffect, useState } from 'preact/hooks'
import { api } from '../../../data/api.ts'
import type { Frame } from '../../../data/frame.ts'
import { isFrameType } from '../../../data/frame-types.ts'
import { subscribeToScan } from '../../../data/scan-frames.ts'
import { describeFrame } from './describe-frame.ts'

export interface LogEntry {
  key: string
  frame: Frame
  text: string
}

/** The log is for reading, so old entries are dropped. */
const MOST_KEPT = 200

/** The last events of a scan, the newest first. Reads the kept ones when `lastSeq` is known. */
export function useEventLog(scanId: string, lastSeq: number): LogEntry[] {
  const [entries, setEntries] = useState<LogEntry[]>([])
  useEffect(() => {
    const add = (frames: Frame[]): void =>
      setEntries((present) => mergeEntries(present, frames.flatMap(toEntry)))
    const ended = new AbortController()
    const read = (last: number): void => {
      const list = { after: Math.max(0, last - MOST_KEPT), limit: MOST_KEPT }
      api.listEvents(scanId, list, ended.signal).then(
        ({ data }) => add(data),
        // The log shows what the stream brings.
        () => undefined,
      )
    }
    const leave = subscribeToScan(scanId, (frame) => {
      if (frame.type === 'snapshot') read(frame.data.seq ?? 0)
      else add([frame])
    })
    read(lastSeq)
    return () => {
      leave()
      ended.abort()
    }
  }, [scanId])
  return entries
}

function toEntry(frame: Frame): LogEntry[] {
  const text = isFrameType(frame.type) ? describeFrame(frame) : undefined
  if (text === undefined) return []
  const { seq, at, resource = '' } = frame.data
  // Live events have the number of the stored event before them.
  return [{ key: `${seq} ${frame.type} ${resource} ${at}`, frame, text }]
}

/** Merges new entries into the present ones by time; the newest come first. */
function mergeEntries(present: LogEntry[], added: LogEntry[]): LogEntry[] {
  const known = new Map([...present, ...added].map((entry) => [entry.key, entry]))
  return [...known.values()]
    .toSorted((a, b) => (b.frame.data.seq ?? 0) - (a.frame.data.seq ?? 0))
    .slice(0, MOST_KEPT)
}
