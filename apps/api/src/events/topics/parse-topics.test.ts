import { expect, test } from 'vitest'
import { parseTopics } from './parse-topics.ts'

const ID = `scan_${'0'.repeat(32)}`

test('topics are read once each, in any order and with spaces', () => {
  const { names, scanIds } = parseTopics(` queue,scans, scan:${ID},queue,scan:${ID},`)
  expect([...names]).toEqual(['queue', 'scans'])
  expect(scanIds).toEqual([ID])
})

test('an unknown topic is rejected with a near name', () => {
  expect(() => parseTopics('provider')).toThrow(
    expect.objectContaining({
      code: 'VALIDATION',
      extra: {
        errors: [expect.objectContaining({ detail: expect.stringContaining('providers') })],
      },
    }),
  )
})

test.each(['', ',', 'scan:', 'scan:1', 'SCANS'])('%j is rejected', (text) => {
  expect(() => parseTopics(text)).toThrow('query')
})
