import { expect, test } from 'vitest'
import {
  computeIdealFaultSchedule,
  type ScheduledCall,
  type ScheduleRules,
} from './ideal-fault-schedule.ts'

const RULES: ScheduleRules = { slots: 2, timeoutMs: 15_000, obeysRetryAfter: true }

function call(subject: string, changes: Partial<ScheduledCall> = {}): ScheduledCall {
  return {
    subject,
    attempt: 1,
    latencyMs: 1_000,
    verdict: 'answered',
    refusedBy: undefined,
    retryAfterMs: undefined,
    fault: undefined,
    ...changes,
  }
}

const REFUSED = {
  verdict: 'rate-limited',
  refusedBy: 'fault',
  latencyMs: 0,
  retryAfterMs: 5_000,
} as const

test('without faults the ideal scheduler keeps all slots busy', () => {
  expect(
    computeIdealFaultSchedule(
      ['a', 'b', 'c', 'd'].map((name) => call(name)),
      RULES,
    ),
  ).toBe(2_000)
})

test('a failed call takes its latency, and is repeated at once by the ideal scheduler', () => {
  const failed = call('a', { verdict: 'fault', fault: 'server-error' })
  expect(computeIdealFaultSchedule([failed, call('a', { attempt: 2 }), call('b')], RULES)).toBe(
    2_000,
  )
})

test('a hanging call occupies a slot of the ideal scheduler until its timeout', () => {
  const hung = call('a', { verdict: 'aborted', fault: 'hang-before-headers', latencyMs: 0 })
  expect(computeIdealFaultSchedule([hung, call('a', { attempt: 2 }), call('b')], RULES)).toBe(
    16_000,
  )
})

test('the ideal scheduler obeys Retry-After and waits for nothing else', () => {
  const calls = [call('a', REFUSED), call('a', { attempt: 2 }), call('b')]
  expect(computeIdealFaultSchedule(calls, RULES)).toBe(6_000)
  expect(computeIdealFaultSchedule(calls, { ...RULES, obeysRetryAfter: false })).toBe(1_000)
})
