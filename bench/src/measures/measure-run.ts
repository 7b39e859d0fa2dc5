import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import { computeLowerBound, type LowerBound } from '../lower-bound.ts'
import { computeFifoSchedule } from './fifo-schedule.ts'

/** The fields of a call that measures need. */
export type ObservedCall = Pick<
  CallRecord,
  'arrivedMs' | 'endedMs' | 'latencyMs' | 'subject' | 'verdict'
>

/** A run as observed from outside: the simulator's call log, start and end. */
export interface ObservedRun {
  calls: ObservedCall[]
  maxInFlight: number
  /** Clock times (ms) of the single machine. */
  startedAtMs: number
  endedAtMs: number
  types: number
  /** Types without a result. */
  failed: number
  /** Maximum concurrent calls. */
  slots: number
}

export interface RunMeasures {
  types: number
  failed: number
  calls: number
  maxInFlight: number
  makespanMs: number
  lowerBoundMs: number
  binding: LowerBound['binding']
  /** Time for the same latencies in the same order on the same slots with zero overhead. */
  fifoMs: number
  /** Lower bound / makespan. Null with failures, which shorten the makespan. */
  efficiency: number | null
  /** The makespan is the sum of these five; the middle three are averages over the slots. */
  parts: {
    /** Until the first call arrives: request, discovery, plan, first job. */
    startMs: number
    /** Slots that wait for an answer. */
    askingMs: number
    /** Slots without a call although types are left. */
    gapsMs: number
    /** Slots without a call because no type is left. */
    tailMs: number
    /** After the last answer. */
    endMs: number
  }
}

/** Throws without any call, because nothing can be measured. */
export function measureRun(run: ObservedRun): RunMeasures {
  if (run.calls.length === 0) throw new Error('no call reached the provider')
  const latencies = listAnsweredLatencies(run.calls)
  const makespanMs = run.endedAtMs - run.startedAtMs
  const bound = computeLowerBound(latencies, run.slots)
  return {
    types: run.types,
    failed: run.failed,
    calls: run.calls.length,
    maxInFlight: run.maxInFlight,
    makespanMs,
    lowerBoundMs: bound.ms,
    binding: bound.binding,
    fifoMs: computeFifoSchedule(latencies, run.slots),
    efficiency: run.failed === 0 ? bound.ms / makespanMs : null,
    parts: splitMakespan(run),
  }
}

/** One latency for each answered type, in order of arrival. A second answer does not count. */
function listAnsweredLatencies(calls: ObservedCall[]): number[] {
  const bySubject = new Map<string, number>()
  for (const { subject, latencyMs, verdict } of calls) {
    if (verdict === 'answered') bySubject.set(subject, latencyMs)
  }
  return [...bySubject.values()]
}

function splitMakespan({
  calls,
  slots,
  startedAtMs,
  endedAtMs,
}: ObservedRun): RunMeasures['parts'] {
  const spans = calls.map(({ arrivedMs, endedMs }) => ({
    from: arrivedMs,
    to: endedMs ?? endedAtMs,
  }))
  const firstFrom = Math.min(...spans.map(({ from }) => from))
  const lastFrom = Math.max(...spans.map(({ from }) => from))
  const lastTo = Math.max(...spans.map(({ to }) => to))
  const asking = sum(spans.map(({ from, to }) => to - from))
  // After the last call has started, an idle slot has no work left.
  const askingLate = sum(spans.map(({ from, to }) => Math.max(0, to - Math.max(from, lastFrom))))
  const askingMs = asking / slots
  const tailMs = lastTo - lastFrom - askingLate / slots
  return {
    startMs: firstFrom - startedAtMs,
    askingMs,
    gapsMs: lastTo - firstFrom - askingMs - tailMs,
    tailMs,
    endMs: endedAtMs - lastTo,
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
