import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { StoredFrame } from '../../../data/frame.ts'
import { readItemStatus } from '../items/apply-item-frame.ts'

/** The counters of a scan after one of its events. */
export interface ReplayStep {
  frame: StoredFrame
  progress: Progress
}

type Counters = Record<ItemStatus, number>

/** Replays all events of a scan, from the first one on, and returns its counters after each of them. */
export function replayEvents(frames: readonly StoredFrame[]): ReplayStep[] {
  const known = new Map<string, ItemStatus>()
  let counters = createCounters()
  let total: number | null = null
  return frames.map((frame) => {
    const { type, data } = frame
    if (type === 'scan.started' && total === null) {
      total = data.total ?? 0
      counters = { ...createCounters(), queued: total }
    }
    const status = readItemStatus(frame)
    if (status !== undefined && data.resource !== undefined) {
      const before = known.get(data.resource) ?? 'queued'
      known.set(data.resource, status)
      counters = { ...counters, [before]: counters[before] - 1 }
      counters = { ...counters, [status]: counters[status] + 1 }
    }
    return { frame, progress: toProgress(counters, total) }
  })
}

function createCounters(): Counters {
  return { queued: 0, running: 0, retrying: 0, succeeded: 0, failed: 0, skipped: 0, canceled: 0 }
}

function toProgress(counters: Counters, total: number | null): Progress {
  const { succeeded, failed, skipped, canceled } = counters
  const finished = succeeded + failed + skipped + canceled
  const percent = total === null || total === 0 ? 0 : (100 * finished) / total
  return { ...counters, total, finished, percent }
}
