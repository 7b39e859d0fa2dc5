import type { Frame } from './frame.ts'

/** What one reader may leave unread before it is cut; it comes back by its last id. */
const MAX_UNREAD_BYTES = 1024 * 1024

export type Ending = 'closed' | 'too-slow'

/** Frames on their way to one reader. Writing never waits; reading takes all there is. */
export interface Outbox {
  push(frame: Frame): void
  /** Takes what is there, waiting for the first one. Undefined when it has ended and is empty. */
  take(): Promise<Frame[] | undefined>
  /** No more frames. `too-slow` drops what is unread. The first call counts. */
  end(ending: Ending): void
  ending(): Ending | null
}

/** `unsentBytes` is what the socket itself still holds. */
export function createOutbox(unsentBytes: () => number, maxBytes = MAX_UNREAD_BYTES): Outbox {
  let frames: Frame[] = []
  let bytes = 0
  let ended: Ending | null = null
  let wake: () => void = () => undefined
  const end = (ending: Ending): void => {
    ended ??= ending
    if (ended === 'too-slow') frames = []
    wake()
  }
  return {
    push: (frame) => {
      if (ended) return
      frames.push(frame)
      bytes += frame.text.length
      if (bytes + unsentBytes() > maxBytes) end('too-slow')
      wake()
    },
    take: async () => {
      while (frames.length === 0) {
        if (ended) return undefined
        await new Promise<void>((resolve) => (wake = resolve))
      }
      const taken = frames
      frames = []
      bytes = 0
      return taken
    },
    end,
    ending: () => ended,
  }
}
