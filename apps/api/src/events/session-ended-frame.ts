import type { SessionEndReason } from '@capstan/shared/contract/login/session'
import { createTopicFrame, type EventFrame } from './frame.ts'

/** The last frame of a stream whose session ended. A reconnect gets 401. */
export function createSessionEndedFrame(reason: SessionEndReason): EventFrame {
  return createTopicFrame('session.ended', { reason })
}
