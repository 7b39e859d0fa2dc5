import { EVENT_VERSION, type StoredEvent } from '@capstan/shared/contract/scan/scan-event'

/** One encoded SSE frame, shared by all readers. */
export interface EventFrame {
  type: string
  /** Sequence number of a stored event; null for other frames, which never move the position of a client in a scan. */
  seq: number | null
  /** The scan that the frame is about, with the sequence number of its state; null for frames about no scan. */
  scan: { id: string; seq: number } | null
  /** Time of a stored event in milliseconds. With its number it identifies the event, even after Redis lost writes. */
  atMs?: number
  /** Position of a client in the changes of all scans after this frame. */
  changes?: string
  /** The whole frame, with the id of readers of one scan. */
  bytes: Buffer
  /** The frame without an id. */
  body: Buffer
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
  const { id, type, seq, scanId, at } = event
  const idLine = `id: ${id}\n`
  const bytes = Buffer.from(`${idLine}${formatFrame(type, { ...createEnvelope(event), ...extra })}`)
  return {
    type,
    seq,
    scan: { id: scanId, seq },
    atMs: Date.parse(at),
    bytes,
    body: bytes.subarray(idLine.length),
    isLast: extra !== undefined && type === 'scan.finished',
  }
}

/** Encodes a frame about a scan that is not stored. It has no id, so it never moves the position of a client. */
export function createLiveFrame(
  type: string,
  at: { scanId: string; seq: number },
  data: Record<string, unknown>,
): EventFrame {
  const payload = createEnvelope({ ...at, at: new Date().toISOString(), data })
  return { ...createFrame(type, payload), scan: { id: at.scanId, seq: at.seq } }
}

/** Encodes a frame about no single scan. `changes`: position of a client in the changes of all scans after this frame. */
export function createTopicFrame(
  type: string,
  data: Record<string, unknown>,
  changes?: string,
): EventFrame {
  const payload = { v: EVENT_VERSION, at: new Date().toISOString(), ...data }
  return { ...createFrame(type, payload), ...(changes === undefined ? {} : { changes }) }
}

function createFrame(type: string, payload: Record<string, unknown>): EventFrame {
  return encodeFrame(type, formatFrame(type, payload))
}

/** Encodes the text of a frame without an id. */
export function encodeFrame(type: string, text: string): EventFrame {
  const bytes = Buffer.from(text)
  return { type, seq: null, scan: null, bytes, body: bytes, isLast: false }
}

function formatFrame(type: string, payload: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify(payload)}\n\n`
}

/** Keep-alive comment: proxies close connections that are idle for a minute. */
export const PING: EventFrame = encodeFrame('ping', ': ping\n\n')

/** The same as an event: an EventSource hides comments, so a page could not detect a silent connection. */
export const PING_EVENT: EventFrame = createFrame('ping', { v: EVENT_VERSION })
