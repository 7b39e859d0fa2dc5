import type { InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { ItemReason } from '@capstan/shared/contract/problem'

/** What the queue does with a job after a start. The journal knows already. */
export type Disposition =
  /** The item has succeeded; null when an earlier start of the job recorded it. */
  | { next: 'complete'; result: InferResult | null }
  /** The item has failed for good. `reason` is a sentence of ours for people who look at the queue. */
  | { next: 'fail'; reason: string }
  /** The scan needs the job no more: it is paused, cancelled or forgotten. */
  | { next: 'remove' }
  /** An attempt is used up; back after the delay. */
  | { next: 'retry'; delayMs: number; reason: ItemReason; title: string }
  /** Back after the delay, no attempt used. */
  | { next: 'delay'; delayMs: number }
  /** Back at once, but no worker starts anything of the route before the pause is over. */
  | { next: 'pause-route'; pause: RoutePauseRequest }
  /** To another worker, at once. */
  | { next: 'requeue' }
  /** The job is in the hands of another worker, so leave it alone. */
  | { next: 'abandon' }

/** A pause of the route for all workers, or for this process alone when another one can go on. */
export interface RoutePauseRequest {
  forMs: number
  /** Whose limits it is about; null when none is known. */
  account: string | null
  model: string
  because: string
  scope: 'route' | 'process'
}

/** Why a running start is aborted: the reason of its signal. */
export const ABORTS = {
  stopping: 'the worker stops',
  canceled: 'the scan was cancelled',
  'lock-lost': 'the worker lost the job to another',
  paused: 'the scan was paused',
  'lease-lost': 'another start asks the same question by now',
} as const
export type AbortName = keyof typeof ABORTS

export function isAbortName(reason: unknown): reason is AbortName {
  return typeof reason === 'string' && Object.hasOwn(ABORTS, reason)
}
