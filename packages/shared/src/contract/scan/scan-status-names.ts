/**
 * discovering -> queued -> running <-> paused -> succeeded | partial | failed | canceled.
 * `queued`: from the plan until the first claim. `canceling`: until the running calls have ended.
 */
export const SCAN_STATUSES = [
  'discovering',
  'queued',
  'running',
  'paused',
  'canceling',
  'succeeded',
  'partial',
  'failed',
  'canceled',
] as const
