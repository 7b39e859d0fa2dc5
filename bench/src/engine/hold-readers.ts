import type { Socket } from 'node:net'
import { openEventSockets } from './open-event-sockets.ts'

/** Event streams of one scan that this process reads with minimal overhead. */
export interface HeldReaders {
  /** Opens this many more streams and waits until each has received the first progress event. */
  open(count: number): Promise<void>
  close(): void
}

export function holdReaders(apiUrl: string, scanId: string): HeldReaders {
  const sockets: Socket[] = []
  const path = `/api/v1/scans/${scanId}/events`
  return {
    open: async (count) => {
      sockets.push(
        ...(await openEventSockets(count, { apiUrl, path, until: 'event: scan.progress' })),
      )
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
