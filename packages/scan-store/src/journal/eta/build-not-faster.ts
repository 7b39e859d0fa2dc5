import type { NotFaster } from '@capstan/shared/contract/speed/not-faster'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { SpeedBound } from '@capstan/shared/contract/speed/speed-bound'
import { pluralize } from '@capstan/shared/text/units'
import type { RouteCalls } from './scan-forecast.ts'

/** State of an unfinished scan that its speed depends on, beside its route. */
export interface ScanSpeedState extends Pick<Scan, 'status' | 'model' | 'concurrency'> {
  progress: Progress
  waitingFor: Scan['waitingFor']
  stoppedBy: Scan['budget']['stoppedBy']
  /** By whom and why the scan is paused. */
  pause: Pick<NonNullable<Scan['pause']>, 'by' | 'reason' | 'problem'> | undefined
}

type Bound = Pick<NotFaster, 'kind' | 'account' | 'nextPermitMs' | 'text'> & Partial<NotFaster>

/** With these no call starts at all. */
const STANDSTILLS: readonly SpeedBound[] = ['no-worker', 'paused', 'breaker', 'batch']

/** Finds what bounds the speed of a scan: the scan itself, the answers of another scan, or its route. */
export function buildNotFaster(
  state: ScanSpeedState,
  speed: RouteCalls | undefined,
): NotFaster | null {
  const { inFlight = 0, maxInFlight = null } = speed ?? {}
  const bound = findStop(state) ?? (speed && findBound(state, speed))
  return bound ? { inFlight, maxInFlight, ...bound, model: state.model } : null
}

/** A paused scan, and one without a plan, wait for no call. */
function findStop({ status, progress, stoppedBy, pause }: ScanSpeedState): Bound | undefined {
  if (status === 'paused')
    return stoppedBy === null
      ? createBound('paused', pause ? describePause(pause) : 'paused')
      : createBound('budget', `the budget is used up: ${stoppedBy}`)
  if (progress.total === null)
    return createBound('planning', 'the types of the cluster are listed before the first call')
  return undefined
}

function describePause({ by, reason, problem }: NonNullable<ScanSpeedState['pause']>): string {
  return `paused by ${by}: ${problem?.title ?? reason}`
}

function findBound(state: ScanSpeedState, speed: RouteCalls): Bound | undefined {
  const { progress, waitingFor } = state
  const left = progress.queued + progress.retrying + progress.running
  if (state.status === 'canceling' || left === 0) return undefined
  const { bound } = speed
  if (bound && STANDSTILLS.includes(bound.kind)) return bound
  if (waitingFor !== null && waitingFor.types >= left) return describeWait(waitingFor)
  return bound ?? findFullSlots(state, speed) ?? (waitingFor ? describeWait(waitingFor) : undefined)
}

/** Types wait only when others run. */
function findFullSlots(
  { progress, concurrency }: ScanSpeedState,
  { slots, areSlotsBusy }: RouteCalls,
): Bound | undefined {
  const { queued, retrying, running } = progress
  if (queued + retrying === 0) return undefined
  if (concurrency !== null && running + retrying >= concurrency)
    return createBound(
      'concurrency-of-scan',
      `the scan was started with at most ${pluralize(concurrency, 'type')} at a time`,
    )
  if (!areSlotsBusy && running < slots) return undefined
  return createBound('few-slots', `all ${pluralize(slots, 'slot')} of the workers are busy`)
}

function describeWait({ scanId, types }: NonNullable<Scan['waitingFor']>): Bound {
  const verb = types === 1 ? 'waits' : 'wait'
  return createBound(
    'waiting-for-scan',
    `${pluralize(types, 'type')} ${verb} for the answers of ${scanId}`,
  )
}

function createBound(kind: SpeedBound, text: string): Bound {
  return { kind, account: null, nextPermitMs: null, text }
}
