import type { ItemReason } from '@capstan/shared/contract/problem'

/** What the queue does with the job after a start. The journal knows already. */
export type Ending =
  /** Nothing is left to do: recorded, refused or canceled. */
  | { next: 'done' }
  /** An attempt is used up; back after the delay. */
  | { next: 'retry'; delayMs: number; reason: ItemReason; title: string }
  /** Back after the delay, no attempt used. */
  | { next: 'wait'; delayMs: number }
  /** Back at once, but nobody starts anything of the queue before the delay is over. */
  | { next: 'hold-queue'; delayMs: number }
  /** To another worker, at once. */
  | { next: 'hand-back' }
  /** The job is no longer ours, so leave it alone. */
  | { next: 'let-go' }

/** Why a running start is aborted: the reason of its signal. */
export const ABORTS = {
  stopping: 'the worker stops',
  canceled: 'the scan was canceled',
  'lock-lost': 'the worker lost the job to another',
} as const
export type AbortName = keyof typeof ABORTS

export function isAbortName(reason: unknown): reason is AbortName {
  return typeof reason === 'string' && Object.hasOwn(ABORTS, reason)
}
