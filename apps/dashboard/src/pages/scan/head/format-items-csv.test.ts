import { expect, test } from 'vitest'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { formatItemsCsv } from './format-items-csv.ts'

const LINKS = { self: '', ui: '', board: null }
const ITEM: ScanItem = {
  resource: 'topics.kafka.io',
  kind: 'Topic',
  group: 'kafka.io',
  version: 'v1',
  scope: 'Namespaced',
  status: 'failed',
  attempt: 3,
  reason: null,
  cached: false,
  source: null,
  estimatedTokens: 1_500,
  truncated: false,
  startedAt: null,
  finishedAt: null,
  nextAttemptAt: null,
  durationMs: 1_200,
  usage: { inputTokens: 10, cachedTokens: 5, outputTokens: 2 },
  confidence: null,
  problem: { reason: 'timeout', title: '=slow "provider"', retryable: true },
  attempts: [],
  links: LINKS,
}

test('each type is a line, absent values are empty, and formulas are disabled', () => {
  const [header, line, rest] = formatItemsCsv([ITEM]).split('\r\n')
  expect(header?.split(',').slice(0, 3)).toEqual(['resource', 'kind', 'group'])
  expect(line).toBe(
    `"topics.kafka.io","Topic","kafka.io","v1","failed","3","1200","15","2","","","timeout","'=slow ""provider"""`,
  )
  expect(rest).toBe('')
})
