import { expect, test } from 'vitest'
import { count, duration, fraction, label, latency, list, port } from './option-parsers.ts'

test('lists may be repeated and hold commas', () => {
  expect(list('c,,d', list('a,b'))).toEqual(['a', 'b', 'c', 'd'])
})

test('labels add up; a value may hold an equals sign', () => {
  expect(label('b=x=y', label('a='))).toEqual({ a: '', b: 'x=y' })
})

test.each([
  [label, ['team', '=x', '']],
  [duration, ['', 'soon', '0s']],
  [count, ['0', '-1', '1.5', 'x', '']],
  [port, ['-1', '65536', 'x', '']],
  [fraction, ['-0.1', '1.1', 'x', '']],
  [latency, ['', '-', '5-4', 'x', '1-2-3']],
])('%o refuses what it does not understand', (parser: (value: string) => unknown, values) => {
  for (const value of values) expect(() => parser(value), value).toThrow(/It must be/)
})

test('the rest is read', () => {
  expect([count('12'), port('0'), fraction('0.5'), duration('2m')]).toEqual([12, 0, 0.5, 120_000])
  expect(latency('500')).toEqual({ minMs: 500, maxMs: 500 })
  expect(latency('4000-6000')).toEqual({ minMs: 4_000, maxMs: 6_000 })
})
