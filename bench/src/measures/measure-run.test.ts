import { expect, test } from 'vitest'
import { computeFifoSchedule } from './fifo-schedule.ts'
import { measureRun, type ObservedCall, type ObservedRun } from './measure-run.ts'
import { computeMedian } from './median.ts'

function call(
  subject: string,
  arrivedMs: number,
  change: Partial<ObservedCall> = {},
): ObservedCall {
  return {
    arrivedMs,
    endedMs: arrivedMs + 100,
    subject,
    latencyMs: 100,
    verdict: 'answered',
    ...change,
  }
}

/** Three calls of 100 ms on two slots, with 50 ms before, 20 between and 10 after. */
const RUN: ObservedRun = {
  calls: [call('A', 1050), call('B', 1050), call('C', 1170)],
  maxInFlight: 2,
  startedAtMs: 1000,
  endedAtMs: 1280,
  types: 3,
  failed: 0,
  slots: 2,
}

test('efficiency is the lower bound of the drawn latencies over the makespan', () => {
  const measured = measureRun(RUN)
  expect(measured).toMatchObject({
    calls: 3,
    makespanMs: 280,
    lowerBoundMs: 150,
    binding: 'concurrency',
    fifoMs: 200,
  })
  expect(measured.efficiency).toBeCloseTo(150 / 280, 10)
})

test('the parts of a makespan sum to it', () => {
  const { parts, makespanMs } = measureRun(RUN)
  expect(parts).toEqual({ startMs: 50, askingMs: 150, gapsMs: 20, tailMs: 50, endMs: 10 })
  expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(makespanMs)
})

test('a run with a failed type has no efficiency', () => {
  expect(measureRun({ ...RUN, failed: 1 }).efficiency).toBeNull()
})

test('repeated and unanswered requests count as calls, but not as work', () => {
  const calls = [...RUN.calls, call('A', 1100), call('D', 1100, { verdict: 'fault' })]
  expect(measureRun({ ...RUN, calls })).toMatchObject({ calls: 5, lowerBoundMs: 150 })
})

test('a run without a single call cannot be measured', () => {
  expect(() => measureRun({ ...RUN, calls: [] })).toThrow('no call reached the provider')
})

test('a first-come-first-served schedule gives each call the slot that is free first', () => {
  expect(computeFifoSchedule([4, 2, 2, 5], 2)).toBe(9)
  expect(computeFifoSchedule([4, 2, 2, 5], 4)).toBe(5)
  expect(computeFifoSchedule([4, 2, 2, 5], 1)).toBe(13)
})

test('the median is the middle value, or the mean of the two middle ones', () => {
  expect(computeMedian([9, 1, 5])).toBe(5)
  expect(computeMedian([9, 1, 5, 6])).toBe(5.5)
  expect(computeMedian([])).toBeNaN()
})
