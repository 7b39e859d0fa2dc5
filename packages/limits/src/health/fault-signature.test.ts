import { expect, test } from 'vitest'
import { computeFaultSignature } from './fault-signature.ts'

const sign = (message: string, kind?: string): string =>
  computeFaultSignature({ reason: 'provider_error', kind, message })

test.each([
  [
    'a request id',
    'Server error, request req_011CSHoEeqs5C35K2UUqR7Fy',
    'Server error, request req_9ab',
  ],
  [
    'a UUID',
    'id 123e4567-e89b-12d3-a456-426614174000 failed',
    'id 00000000-aaaa-bbbb-cccc-426614174999 failed',
  ],
  ['a moment', 'failed at 2026-11-30T02:50:00.123Z', 'failed at 2026-12-01T00:00:01.000Z'],
  ['a port', 'connect ECONNREFUSED 127.0.0.1:40112', 'connect ECONNREFUSED 127.0.0.1:8'],
  ['a URL', 'no route for http://a.example/v1/x?k=1', 'no route for http://a.example/v2/y'],
  ['a path', 'Cannot POST /v1/chat/completions', 'Cannot POST /chat/completions'],
  ['a quoted name', 'no healthy upstream "pod-abc"', 'no healthy upstream "pod-xyz"'],
  ['a hash', 'trace 9f86d081884c7d65 lost', 'trace 60303ae22b998861 lost'],
  ['white space and case', 'Not  Found\n', 'not found'],
])('faults that differ by %s have one signature', (_, one, other) => {
  expect(sign(one)).toBe(sign(other))
})

test('another message or kind gives another signature', () => {
  expect(sign('connect ECONNREFUSED')).not.toBe(sign('getaddrinfo ENOTFOUND'))
  expect(sign('the same', 'not_json')).not.toBe(sign('the same', 'tls'))
})

test('a message of any length gives a short signature', () => {
  expect(sign(`${'word '.repeat(10_000)}`).length).toBeLessThan(250)
})
