import { expect, test } from 'vitest'
import { formatMoney } from './money.ts'

test.each([
  [null, 'price unknown'],
  [0, '$0'],
  [0.00001, '< $0.0001'],
  [0.0123, '$0.0123'],
  [1.234, '$1.23'],
  [12, '$12.00'],
])('%s is %s', (costUsd, text) => {
  expect(formatMoney(costUsd)).toBe(text)
})
