import type { FaultKind } from '@capstan/provider-sim/config/fault-config'
import type { Attempt, ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { ItemReason } from '@capstan/shared/contract/problem'

/** The expected end of one type whose provider shows one fault once, by journal and simulator. */
export interface FaultRow {
  /** Why the scan paused by itself, before it was resumed. */
  paused: ItemReason | null
  status: ItemStatus
  /** Outcome and reason of each start, in their order. */
  attempts: [Attempt['outcome'], ItemReason | null][]
  /** Starts that used up an attempt. */
  used: number
  /** Calls that reached the provider; the journal must have counted as many. */
  calls: number
  /** Calls that the provider charges for although their answer never came whole. */
  wasted: number
}

/** The answer can be used as it is. */
const harmless: FaultRow = {
  paused: null,
  status: 'succeeded',
  attempts: [['succeeded', null]],
  used: 1,
  calls: 1,
  wasted: 0,
}
/** One more call repairs the answer; both are paid and counted in the same attempt. */
const repaired: FaultRow = { ...harmless, calls: 2 }
/** No start can help: one call and no other. */
const final = (reason: ItemReason): FaultRow => ({
  ...harmless,
  status: 'failed',
  attempts: [['failed', reason]],
})
/** The next start helps, and this one has used up an attempt. */
const retried = (reason: ItemReason, wasted: number): FaultRow => ({
  ...harmless,
  attempts: [
    ['retrying', reason],
    ['succeeded', null],
  ],
  used: 2,
  calls: 2,
  wasted,
})
/** The next start helps, and this one has used up nothing. */
const waited: FaultRow = { ...retried('rate_limited', 0), used: 1 }
/** The error would fail every type, so the scan makes one call until a person resumes it. */
const pausing = (paused: ItemReason): FaultRow => ({
  ...harmless,
  paused,
  attempts: [
    ['released', null],
    ['succeeded', null],
  ],
  calls: 2,
})

/** One row for each fault that the simulator knows; a new fault without a row does not compile. */
export const FAULT_ROWS: Record<FaultKind, FaultRow> = {
  auth: pausing('provider_auth'),
  forbidden: pausing('provider_auth'),
  quota: pausing('quota_exhausted'),
  'spend-limit': pausing('quota_exhausted'),
  'contract-spend-limit': pausing('quota_exhausted'),
  'user-spend-limit': pausing('quota_exhausted'),
  'unknown-model': pausing('provider_not_configured'),
  'rate-limited': waited,
  'ramp-limited': waited,
  'too-long': final('context_too_long'),
  'too-large': final('context_too_long'),
  refusal: final('refused'),
  overloaded: retried('provider_error', 0),
  unavailable: retried('provider_error', 0),
  'gateway-timeout': retried('provider_error', 0),
  'server-error': retried('provider_error', 0),
  'html-error': retried('provider_error', 0),
  // From here on the model has worked, and its answer is lost.
  reset: retried('provider_error', 1),
  'reset-in-body': retried('provider_error', 1),
  'broken-body': retried('provider_error', 1),
  'error-after-200': retried('provider_error', 1),
  'hang-before-headers': retried('timeout', 1),
  'hang-in-body': retried('timeout', 1),
  'slow-drip': retried('timeout', 1),
  'broken-text': repaired,
  'truncated-text': repaired,
  'schema-breaking-text': repaired,
  'empty-text': repaired,
  // Nothing but a call about several types can miss one.
  'missing-answer': harmless,
  'fenced-text': harmless,
  'wrong-case-text': harmless,
  'injection-echo': harmless,
}
