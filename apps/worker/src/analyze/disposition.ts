import type { InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { ItemReason } from '@capstan/shared/contract/problem'
import type { RoutePauseRequest } from '../accounts/plan-pause.ts'

/** The next step of the queue with a job, after the attempt is recorded in the journal. */
export type Disposition =
  /** The item has succeeded; null when an earlier attempt recorded it. */
  | { next: 'complete'; result: InferResult | null }
  /** The item has failed for good. `reason` is a sentence for Bull Board. */
  | { next: 'fail'; reason: string }
  /** The scan does not need the job any more: it is paused, canceled or deleted. */
  | { next: 'remove' }
  /** An attempt is used up; the job returns after the delay. */
  | { next: 'retry'; delayMs: number; reason: ItemReason; title: string }
  /** The job returns after the delay; no attempt is used. */
  | { next: 'delay'; delayMs: number }
  /** The job returns at once, and no worker starts jobs of the route before the pause ends. */
  | { next: 'pause-route'; pause: RoutePauseRequest }
  /** Another worker may start the job at once. */
  | { next: 'requeue' }
  /** Another worker has the job. */
  | { next: 'abandon' }

/** Why an attempt is aborted: the reason of its signal. */
export const ABORTS = {
  stopping: 'the worker stops',
  canceled: 'the scan was cancelled',
  'lock-lost': 'the worker lost the job to another',
  paused: 'the scan was paused',
  'lease-lost': 'another attempt has acquired the lease of the same answer',
} as const
export type AbortName = keyof typeof ABORTS

export function isAbortName(reason: unknown): reason is AbortName {
  return typeof reason === 'string' && Object.hasOwn(ABORTS, reason)
}
