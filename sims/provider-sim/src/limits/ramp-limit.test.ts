import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RampLimit } from './ramp-limit.ts'

/** Sends as fast as the limit allows. Returns the times of admitted calls. */
function climb(ramp: RampLimit, minutes: number): number[] {
  const admitted: number[] = []
  for (let nowMs = 0; nowMs < minutes * 60_000; nowMs += 100) {
    if (ramp.waitMs(nowMs) > 0) continue
    ramp.admit(nowMs)
    admitted.push(nowMs)
  }
  return admitted
}

const within = (times: number[], fromMs: number, toMs: number) =>
  times.filter((ms) => ms > fromMs && ms <= toMs).length

test('usage grows at most by its factor over the previous minute, and it does grow', () => {
  const admitted = climb(new RampLimit({ baseRequestsPerMinute: 60, growth: 2 }), 4)
  for (const atMs of admitted) {
    const perMinute = Math.max(60, 2 * within(admitted, atMs - 70_000, atMs - 10_000))
    expect(within(admitted, atMs - 10_000, atMs)).toBeLessThanOrEqual(perMinute / 6)
  }
  const minutes = [0, 1, 2].map((minute) =>
    within(admitted, minute * 60_000, (minute + 1) * 60_000),
  )
  expect(minutes.toSorted((one, other) => one - other)).toEqual(minutes)
  expect(minutes[2]).toBeGreaterThan(3 * (minutes[0] ?? 0))
})

test('a ramp limit without growth is a constant limit', () => {
  expect(climb(new RampLimit({ baseRequestsPerMinute: 60, growth: 1 }), 3)).toHaveLength(180)
})

test('a call is admitted after the reported wait, and not before', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }), (gaps) => {
      const ramp = new RampLimit({ baseRequestsPerMinute: 30, growth: 1.5 })
      let nowMs = 0
      for (const gap of gaps) {
        nowMs += gap
        const waitMs = ramp.waitMs(nowMs)
        expect(ramp.waitMs(nowMs + waitMs)).toBe(0)
        if (waitMs === 0) ramp.admit(nowMs)
      }
    }),
  )
})
