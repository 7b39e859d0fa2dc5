import { expect, test } from 'vitest'
import { parseTrustedProxies } from '../links/trusted-proxies.ts'
import { findClientAddress } from './client-address.ts'

const isTrusted = parseTrustedProxies('loopback,10.0.0.0/8')
const find = (peer: string | undefined, forwarded?: string): string => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  // The only parts of a request that are read.
  return findClientAddress({ headers, socket: { remoteAddress: peer } } as never, isTrusted)
}

test.each([
  ['192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['127.0.0.1', '198.51.100.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ['::1', '2001:db8::1', '2001:db8::1'],
  ['127.0.0.1', 'unknown, "', '127.0.0.1'],
  ['127.0.0.1', '10.0.0.1', '10.0.0.1'],
  [undefined, '203.0.113.9', 'unknown'],
])('a request from %s that was forwarded for %j comes from %s', (peer, forwarded, address) => {
  expect(find(peer, forwarded)).toBe(address)
})
