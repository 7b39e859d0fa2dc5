import type { Frame } from './frame.ts'

type FrameListener = (frame: Frame) => void

const listeners = new Map<string, Set<FrameListener>>()

/** Calls `listener` with each event of a scan, and with `snapshot` when events before it were missed. Returns a function that ends this. */
export function subscribeToScan(scanId: string, listener: FrameListener): () => void {
  const present = listeners.get(scanId) ?? new Set()
  listeners.set(scanId, present.add(listener))
  return () => {
    present.delete(listener)
    if (present.size === 0) listeners.delete(scanId)
  }
}

export function publishScanFrame(frame: Frame): void {
  for (const listener of listeners.get(frame.data.scanId ?? '') ?? []) listener(frame)
}
