import type { EventFrame } from './frame.ts'

/** The position of one client. */
export interface FrameCursor {
  /** Returns the bytes to send and moves the position; undefined for a frame that the client has received. */
  accept(frame: EventFrame): Buffer | undefined
  /** Whether the final frame of a scan ends the response. */
  readonly endsWithScan: boolean
}

/** Cursor of a client that has received the events of one scan up to `seq`. */
export function createScanCursor(seq: number): FrameCursor {
  return {
    accept: (frame) => (frame.seq === null || frame.seq > seq ? frame.bytes : undefined),
    endsWithScan: true,
  }
}

/**
 * Cursor of a client that is still receiving stored events: it accepts frames without a position. Clients would store the
 * position of any other frame and miss the stored events before it.
 */
export const STORED_FIRST: FrameCursor = {
  accept: ({ seq, changes, bytes }) => (seq === null && changes === undefined ? bytes : undefined),
  endsWithScan: true,
}
