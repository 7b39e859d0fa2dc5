import { expect, test } from 'vitest'
import { makeItem } from '@capstan/testkit/make-item'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { writeCsv } from '../export/write-csv.ts'
import { ITEM_COLUMNS } from './item-columns.ts'

test('each type is a line, absent values are empty, and formulas are disabled', async () => {
  const item = makeItem({
    resource: 'topics.kafka.io',
    kind: 'Topic',
    group: 'kafka.io',
    status: 'failed',
    attempt: 3,
    durationMs: 1_200,
    usage: { inputTokens: 10, cachedTokens: 5, outputTokens: 2 },
    problem: { reason: 'timeout', title: '=slow "provider"', retryable: true },
  })
  const parts: string[] = []
  for await (const part of writeCsv(listPages([item], []), ITEM_COLUMNS)) parts.push(part)
  const [header, line, rest] = parts.join('').split('\r\n')
  expect(header?.split(',').slice(0, 3)).toEqual(['resource', 'kind', 'group'])
  expect(line).toBe(
    `"topics.kafka.io","Topic","kafka.io","v1","Namespaced","failed","3","","","1200","15","2","","","false","timeout","'=slow ""provider"""`,
  )
  expect(rest).toBe('')
})

async function* listPages(...pages: ScanItem[][]): AsyncGenerator<ScanItem[]> {
  yield* pages
}
