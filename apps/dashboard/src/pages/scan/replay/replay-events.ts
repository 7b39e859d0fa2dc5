import { createProgressReplay } from '@capstan/shared/replay-progress'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { StoredFrame } from '../../../data/frame.ts'

/** The counters of a scan after one of its events. */
export interface ReplayStep {
  frame: StoredFrame
  progress: Progress
}

/** Replays all events of a scan, from the first one on, and returns its counters after each of them. */
export function replayEvents(frames: readonly StoredFrame[]): ReplayStep[] {
  const replay = createProgressReplay()
  return frames.map((frame) => {
    replay.apply(frame)
    return { frame, progress: replay.read() }
  })
}
