import type {
  LIVE_EVENTS,
  PROVIDER_EVENTS,
  STORED_EVENTS,
} from '@capstan/shared/contract/scan/scan-event'

/** Events that only the stream of the dashboard has. */
type OwnType =
  | 'scan.changed'
  | 'scan.forgotten'
  | 'queue.changed'
  | 'providers.changed'
  | 'session.ended'
export type FrameType =
  | OwnType
  | keyof typeof STORED_EVENTS
  | keyof typeof PROVIDER_EVENTS
  | keyof typeof LIVE_EVENTS

/** An EventSource delivers only events with a listener for their name. The compiler finds a missing one. */
const NAMES: Record<FrameType, true> = {
  snapshot: true,
  gap: true,
  'scan.changed': true,
  'scan.forgotten': true,
  'queue.changed': true,
  'providers.changed': true,
  'session.ended': true,
  'server.closing': true,
  'scan.started': true,
  'scan.paused': true,
  'scan.budget': true,
  'scan.resumed': true,
  'scan.canceling': true,
  'scan.finished': true,
  'scan.progress': true,
  'resource.started': true,
  'resource.retrying': true,
  'resource.released': true,
  'resource.succeeded': true,
  'resource.failed': true,
  'resource.skipped': true,
  'resource.canceled': true,
  'resource.requeued': true,
  'resource.stalled': true,
  'queue.paused': true,
  'queue.resumed': true,
  'provider.throttled': true,
  'provider.breaker': true,
}

export function isFrameType(name: string): name is FrameType {
  return Object.hasOwn(NAMES, name)
}

export const FRAME_TYPES: readonly string[] = Object.keys(NAMES)
