import { expect, test } from 'vitest'
import { readItemFilter } from './read-item-filter.ts'

test.each([
  ['', {}],
  ['status=failed&reason=timeout', { status: 'failed', reason: 'timeout' }],
  ['group=kafka.io&sort=tokens', { group: 'kafka.io', sort: 'tokens' }],
  ['group=core', { group: '' }],
  ['q=%20kafka%20&sort=duration', { q: 'kafka', sort: 'duration' }],
  ['status=broken&reason=bad&sort=colour&q=&group=', {}],
])('the parameters %j choose %o', (query, filter) => {
  expect(readItemFilter(new URLSearchParams(query))).toEqual(filter)
})
