import { EVENT_VERSION } from '@capstan/shared/contract/scan/scan-event'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'

/** One SSE frame, ready to send. All readers of a scan share it. */
export interface Frame {
  /** Position in the scan's history; null for what is not stored and has no id. */
  seq: number | null
  type: string
  bytes: Buffer
  /** Nothing follows: the scan is over. */
  last: boolean
}

/** The envelope around every event's own fields. */
export function envelope(event: Pick<StoredEvent, 'scanId' | 'seq' | 'at' | 'data'>) {
  const { scanId, seq, at, data } = event
  return { v: EVENT_VERSION, scanId, seq, at, ...data }
}

/** A stored event as a frame; its stream id is the SSE id. `extra` joins the event's own fields. */
export function storedFrame(event: StoredEvent, extra?: Record<string, unknown>): Frame {
  const payload = { ...envelope(event), ...extra }
  return {
    seq: event.seq,
    type: event.type,
    bytes: Buffer.from(
      `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(payload)}\n\n`,
    ),
    last: extra !== undefined && event.type === 'scan.finished',
  }
}

/** A frame made here. It has no id, so it never moves a client's position. */
export function liveFrame(
  type: string,
  at: { scanId: string; seq: number },
  data: Record<string, unknown>,
): Frame {
  const payload = envelope({ ...at, at: new Date().toISOString(), data })
  return {
    seq: null,
    type,
    bytes: Buffer.from(`event: ${type}\ndata: ${JSON.stringify(payload)}\n\n`),
    last: false,
  }
}

/** Sent when nothing else is: proxies close connections that are silent for a minute. */
export const PING: Frame = {
  seq: null,
  type: 'ping',
  bytes: Buffer.from(': ping\n\n'),
  last: false,
}
