import type { CallRecord } from '@capstan/provider-sim/call/call-record'

/** The fields of a call that the ideal scheduler needs. */
export type ScheduledCall = Pick<
  CallRecord,
  'subject' | 'attempt' | 'latencyMs' | 'verdict' | 'refusedBy' | 'retryAfterMs' | 'fault'
>

export interface ScheduleRules {
  slots: number
  /** How long a hanging call occupies its slot. */
  timeoutMs: number
  /** Whether 429s state a wait; then no call starts before its end. */
  obeysRetryAfter: boolean
}

interface Step {
  holdsMs: number
  pausesMs: number
}

const HANGS = new Set(['hang-before-headers', 'hang-in-body'])

/**
 * Time (ms) of an ideal scheduler (zero overhead) for the types of a run, with the same latencies and faults:
 * a free slot starts the next call at once, failed calls are retried before other types start, and a stated
 * wait stops all starts. The provider runs in real time.
 */
export function computeIdealFaultSchedule(calls: ScheduledCall[], rules: ScheduleRules): number {
  const types = [...Map.groupBy(calls, ({ subject }) => subject).values()].map((own) =>
    own
      .toSorted((one, other) => one.attempt - other.attempt)
      .map((call) => computeStep(call, rules)),
  )
  const schedule: Schedule = { waiting: types.toReversed(), running: [], nowMs: 0, pausedUntil: 0 }
  do startAll(schedule, rules.slots)
  while (endNext(schedule, rules.slots))
  return schedule.nowMs
}

interface Schedule {
  /** Remaining calls of each waiting type; the last type is next. */
  waiting: Step[][]
  running: { endsAt: number; rest: Step[] }[]
  nowMs: number
  pausedUntil: number
}

function startAll(schedule: Schedule, slots: number): void {
  const { waiting, running, nowMs } = schedule
  while (running.length < slots && nowMs >= schedule.pausedUntil) {
    const [step, ...rest] = waiting.pop() ?? []
    if (!step) return
    schedule.pausedUntil = Math.max(schedule.pausedUntil, nowMs + step.pausesMs)
    running.push({ endsAt: nowMs + step.holdsMs, rest })
  }
}

/** Advances to the next event. False when nothing is left. */
function endNext(schedule: Schedule, slots: number): boolean {
  const { waiting, running, pausedUntil } = schedule
  const mayStart = waiting.length > 0 && running.length < slots
  const ends = running.map(({ endsAt }) => endsAt)
  if (ends.length === 0 && !mayStart) return false
  schedule.nowMs = Math.min(...ends, mayStart ? pausedUntil : Infinity)
  schedule.running = running.filter(({ endsAt }) => endsAt > schedule.nowMs)
  const ended = running.filter(({ endsAt }) => endsAt <= schedule.nowMs)
  waiting.push(...ended.map(({ rest }) => rest).filter((rest) => rest.length > 0))
  return true
}

function computeStep(call: ScheduledCall, { timeoutMs, obeysRetryAfter }: ScheduleRules): Step {
  const { fault, latencyMs, verdict, retryAfterMs = 0 } = call
  if (fault !== undefined && HANGS.has(fault)) return { holdsMs: timeoutMs, pausesMs: 0 }
  if (verdict !== 'rate-limited') return { holdsMs: latencyMs, pausesMs: 0 }
  return { holdsMs: 0, pausesMs: obeysRetryAfter ? retryAfterMs : 0 }
}
