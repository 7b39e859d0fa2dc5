import { expect, test } from 'vitest'
import { searchTerms } from './search-terms.ts'
import { synonymsOf } from './synonyms.ts'

test.each([
  ['HPA', ['horizontalpodautoscaler', 'autoscale']],
  ['crontab', ['cron', 'schedule']],
  ['reverse proxies', ['ingress', 'routing']],
])('%s is understood', (query, words) => {
  expect(synonymsOf(searchTerms(query))).toEqual(expect.arrayContaining(words))
})

test('a phrase needs all of its words, and words already asked for are not added', () => {
  expect(synonymsOf(searchTerms('reverse'))).toEqual([])
  expect(synonymsOf(searchTerms('mtls mutual'))).toEqual(['tls'])
  expect(synonymsOf(searchTerms('deployment'))).toEqual([])
})
