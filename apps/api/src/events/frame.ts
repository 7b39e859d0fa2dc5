import { EVENT_VERSION, type StoredEvent } from '@capstan/shared/contract/scan/scan-event'

/** One encoded SSE frame, shared by all readers of a scan. */
export interface EventFrame {
  /** Sequence number of the event; null for frames that are not stored and have no id. */
  seq: number | null
  type: string
  bytes: Buffer
  /** True for the final frame of the scan. */
  isLast: boolean
}

/** Wraps the fields of an event in the common envelope. */
export function createEnvelope(event: Pick<StoredEvent, 'scanId' | 'seq' | 'at' | 'data'>) {
  const { scanId, seq, at, data } = event
  return { v: EVENT_VERSION, scanId, seq, at, ...data }
}

/** Encodes a stored event; its stream id is the SSE id. `extra` is merged into the fields of the event. */
export function createStoredFrame(event: StoredEvent, extra?: Record<string, unknown>): EventFrame {
  const payload = { ...createEnvelope(event), ...extra }
  return {
    seq: event.seq,
    type: event.type,
    bytes: Buffer.from(
      `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(payload)}\n\n`,
    ),
    isLast: extra !== undefined && event.type === 'scan.finished',
  }
}

/** Encodes a frame that is not stored. It has no id, so it never moves the position of a client. */
export function createLiveFrame(
  type: string,
  at: { scanId: string; seq: number },
  data: Record<string, unknown>,
): EventFrame {
  const payload = createEnvelope({ ...at, at: new Date().toISOString(), data })
  return {
    seq: null,
    type,
    bytes: Buffer.from(`event: ${type}\ndata: ${JSON.stringify(payload)}\n\n`),
    isLast: false,
  }
}

/** Keep-alive comment: proxies close connections that are idle for a minute. */
export const PING: EventFrame = {
  seq: null,
  type: 'ping',
  bytes: Buffer.from(': ping\n\n'),
  isLast: false,
}
