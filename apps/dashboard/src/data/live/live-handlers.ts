import type { Frame } from '../frame.ts'

/** State of the connection, as the header shows it. */
export type ConnectionStatus =
  | { state: 'connecting' }
  | { state: 'live' }
  /** The next try is at `at`, in ms of the clock of this browser. */
  | { state: 'waiting'; at: number }
  /** The page is in the background for long, so nothing is read. */
  | { state: 'asleep' }

export interface LiveHandlers {
  onFrame: (frame: Frame) => void
  onStatus: (status: ConnectionStatus) => void
}
