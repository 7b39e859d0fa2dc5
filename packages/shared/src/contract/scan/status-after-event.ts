import type { StoredEventType } from './scan-event.ts'
import type { ItemStatus } from './scan-item.ts'

const STATUSES: Partial<Record<StoredEventType, ItemStatus>> = {
  'resource.started': 'running',
  'resource.retrying': 'retrying',
  // `released`: the attempt was interrupted. `requeued`: a user retried the failed type.
  'resource.released': 'queued',
  'resource.requeued': 'queued',
  'resource.succeeded': 'succeeded',
  'resource.failed': 'failed',
  'resource.skipped': 'skipped',
  'resource.canceled': 'canceled',
}

/** The status of a type after each event that moves it, by the type of the event. */
export const STATUS_AFTER_EVENT: ReadonlyMap<string, ItemStatus> = new Map(Object.entries(STATUSES))
