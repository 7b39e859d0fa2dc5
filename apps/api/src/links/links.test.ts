import { expect, test } from 'vitest'
import { parsePathPrefix } from './path-prefix.ts'
import { prefixHeader, prefixLinks } from './prefix-links.ts'
import { stripPrefix } from './strip-prefix.ts'
import { parseTrustedProxies } from './trusted-proxies.ts'

test.each([
  ['', ''],
  ['/', ''],
  ['/capstan', '/capstan'],
  ['/capstan/', '/capstan'],
  ['/team_1/~me/v1.2', '/team_1/~me/v1.2'],
])('the path prefix %j is parsed as %j', (text, prefix) => {
  expect(parsePathPrefix(text)).toBe(prefix)
})

test.each([
  'capstan',
  '//evil.example',
  '/a//b',
  '/a//',
  'https://evil.example/a',
  '/..',
  '/a/../b',
  '/.hidden',
  '/a b',
  '/a\n',
  '/a\\b',
  '/a%2fb',
  '/a,/b',
  '/a?b',
  '/a#b',
  '/a"',
  '/ä',
  `/${'a'.repeat(300)}`,
])('the text %j is rejected as a path prefix', (text) => {
  expect(parsePathPrefix(text)).toBeUndefined()
})

test('trusted proxies can be addresses, ranges and the loopback, including IPv4 addresses mapped to IPv6', () => {
  const isTrusted = parseTrustedProxies('loopback, 10.0.0.0/8,192.0.2.7,2001:db8::/32')
  const trusted = ['127.0.0.1', '::ffff:127.0.0.2', '::1', '10.9.8.7', '192.0.2.7', '2001:db8::5']
  for (const address of trusted) expect(isTrusted(address), address).toBe(true)
  const others = ['192.0.2.8', '11.0.0.1', '2001:db9::1', '::ffff:11.0.0.1', '', 'x', undefined]
  for (const address of others) expect(isTrusted(address), address).toBe(false)
})

test.each([
  '',
  'localhost',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0',
  '::/129',
  'true',
])('the trusted proxies %j are rejected', (text) => {
  expect(() => parseTrustedProxies(text)).toThrow(/is not an IP address/)
})

const ROUTES = new Set(['api', 'docs', 'queues', 'problems', ''])

test.each([
  ['/capstan/api/v1/scans?a=/capstan/api', '/capstan', '/api/v1/scans?a=/capstan/api'],
  ['/capstan', '/capstan', '/'],
  ['/capstan?x=1', '/capstan', '/?x=1'],
  ['/capstan/', '/capstan', '/'],
  ['/api/v1/scans', '/capstan', '/api/v1/scans'],
  ['/capstanx/api/v1', '/capstan', '/capstanx/api/v1'],
  ['/capstan/nothing', '/capstan', '/capstan/nothing'],
  ['/api/v1/scans', '/api', '/api/v1/scans'],
  ['/api/api/v1/scans', '/api', '/api/v1/scans'],
  ['/api/v1/scans', '', '/api/v1/scans'],
])('the URL %j with the prefix %j is stripped to %j', (url, prefix, stripped) => {
  expect(stripPrefix(url, prefix, ROUTES)).toBe(stripped)
})

test('the prefix is added to links but not to text that looks like links', () => {
  const value = {
    links: { self: '/api/v1/scans/1', board: null },
    externalUrl: { displayText: 'Scan', href: '/api/v1/scans/1' },
    text: '"links":{"self":"/x"}',
    path: '/api/v1/scans/1',
  }
  expect(JSON.parse(prefixLinks(JSON.stringify(value), '/p'))).toEqual({
    ...value,
    links: { self: '/p/api/v1/scans/1', board: null },
    externalUrl: { displayText: 'Scan', href: '/p/api/v1/scans/1' },
  })
})

test('the prefix is added to a path in a header but not to another server', () => {
  expect(prefixHeader('/docs', '/p')).toBe('/p/docs')
  expect(prefixHeader('</api?a=1>; rel="next"', '/p')).toBe('</p/api?a=1>; rel="next"')
  expect(prefixHeader('//other/docs', '/p')).toBe('//other/docs')
  expect(prefixHeader('https://other/docs', '/p')).toBe('https://other/docs')
})
