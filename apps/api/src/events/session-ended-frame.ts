import { EVENT_VERSION } from '@capstan/shared/contract/scan/scan-event'
import type { SessionEndReason } from '@capstan/shared/contract/login/session'
import type { EventFrame } from './frame.ts'

/** The last frame of a stream whose session ended. A reconnect gets 401. */
export function createSessionEndedFrame(reason: SessionEndReason): EventFrame {
  const payload = { v: EVENT_VERSION, at: new Date().toISOString(), reason }
  const text = `event: session.ended\ndata: ${JSON.stringify(payload)}\n\n`
  return { seq: null, type: 'session.ended', bytes: Buffer.from(text), isLast: false }
}
