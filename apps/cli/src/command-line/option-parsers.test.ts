import { expect, test } from 'vitest'
import {
  parseCount,
  parseDurationOption,
  parseFraction,
  parseLabel,
  parseLatency,
  parseList,
  parsePort,
} from './option-parsers.ts'

test('a list option can be repeated and can contain commas', () => {
  expect(parseList('c,,d', parseList('a,b'))).toEqual(['a', 'b', 'c', 'd'])
})

test('repeated labels accumulate, and a label value can contain an equals sign', () => {
  expect(parseLabel('b=x=y', parseLabel('a='))).toEqual({ a: '', b: 'x=y' })
})

test.each([
  [parseLabel, ['team', '=x', '']],
  [parseDurationOption, ['', 'soon', '0s']],
  [parseCount, ['0', '-1', '1.5', 'x', '']],
  [parsePort, ['-1', '65536', 'x', '']],
  [parseFraction, ['-0.1', '1.1', 'x', '']],
  [parseLatency, ['', '-', '5-4', 'x', '1-2-3']],
])(
  'the option parser %o rejects an invalid value',
  (parser: (value: string) => unknown, values) => {
    for (const value of values) expect(() => parser(value), value).toThrow(/It must be/)
  },
)

test('valid option values are parsed', () => {
  expect([
    parseCount('12'),
    parsePort('0'),
    parseFraction('0.5'),
    parseDurationOption('2m'),
  ]).toEqual([12, 0, 0.5, 120_000])
  expect(parseLatency('500')).toEqual({ minMs: 500, maxMs: 500 })
  expect(parseLatency('4000-6000')).toEqual({ minMs: 4_000, maxMs: 6_000 })
})
