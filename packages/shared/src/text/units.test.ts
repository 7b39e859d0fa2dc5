import { expect, test } from 'vitest'
import {
  formatAge,
  formatClockTime,
  formatTimeLeft,
  pluralize,
  parseDuration,
  formatCount,
  formatDuration,
} from './units.ts'

test.each([
  [0, '0:00'],
  [21_400, '0:21'],
  [725_000, '12:05'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('formatClockTime shows %s ms as %s', (ms, text) => expect(formatClockTime(ms)).toBe(text))

test.each([
  [0, '0:01'],
  [0.4, '0:01'],
  [15.2, '0:16'],
  [60, '1:00'],
])('formatTimeLeft shows %s s as %s', (seconds, text) => expect(formatTimeLeft(seconds)).toBe(text))

test.each([
  [820, '820 ms'],
  [6_420, '6.4 s'],
  [59_999, '60.0 s'],
  [60_000, '1 min'],
  [332_000, '5 min 32 s'],
  [600_000, '10 min'],
  [7_200_000, '2 h'],
  [7_500_000, '2 h 5 min'],
])('formatDuration shows %s ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

test.each([
  [980, '980'],
  [1_451, '1.5k'],
  [9_949, '9.9k'],
  [9_950, '10k'],
  [212_300, '212k'],
  [999_500, '1.0M'],
  [3_400_000, '3.4M'],
])('formatCount shows %s as %s', (count, text) => expect(formatCount(count)).toBe(text))

test('pluralize uses the singular for one', () => {
  expect([pluralize(0, 'type'), pluralize(1, 'type'), pluralize(2, 'type')]).toEqual([
    '0 types',
    '1 type',
    '2 types',
  ])
})

test.each([
  [5_000, '5 s'],
  [119_000, '119 s'],
  [600_000, '10 min'],
  [10_800_000, '3 h'],
  [200_000_000, '2 d'],
  [-5_000, '0 s'],
])('formatAge shows %s ms as %s', (ms, text) => {
  const now = Date.parse('2026-11-23T10:00:00.000Z')
  expect(formatAge(new Date(now - ms).toISOString(), now)).toBe(text)
})

test.each([
  ['90s', 90_000],
  ['90', 90_000],
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['1h', 3_600_000],
  ['', undefined],
  ['0s', undefined],
  ['soon', undefined],
  ['-5s', undefined],
  ['5m1h', undefined],
])('parseDuration reads %j as %s ms', (text, ms) => expect(parseDuration(text)).toBe(ms))
