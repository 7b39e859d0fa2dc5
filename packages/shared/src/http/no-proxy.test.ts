import { expect, test } from 'vitest'
import { parseNoProxy } from './no-proxy.ts'
import { readProxyRules } from './proxy-rules.ts'

test.each([
  ['corp.example', 'https://corp.example', true],
  ['corp.example', 'https://git.corp.example', true],
  ['corp.example', 'https://notcorp.example', false],
  ['.corp.example', 'https://git.corp.example', true],
  ['.corp.example', 'https://corp.example', true],
  ['*.corp.example', 'https://git.corp.example', true],
  ['*.corp.example', 'https://corp.example', false],
  ['CORP.example', 'https://Git.Corp.Example', true],
  ['corp.example.', 'https://corp.example', true],
  ['corp.example', 'https://corp.example.', true],
  ['a.example, corp.example', 'https://corp.example', true],
  ['a.example corp.example', 'https://corp.example', true],
  [',,corp.example,', 'https://corp.example', true],
  ['corp.example:8443', 'https://corp.example:8443', true],
  ['corp.example:8443', 'https://corp.example', false],
  ['corp.example:443', 'https://corp.example', true],
  ['*', 'https://anything.example', true],
  ['*:80', 'https://anything.example', false],
  ['10.0.0.0/8', 'https://10.96.0.1:443', true],
  ['10.0.0.0/8', 'https://11.0.0.1', false],
  ['10.0.0.0/8', 'https://10.corp.example', false],
  ['10.96.0.1', 'https://10.96.0.1', true],
  ['10.96.0.1:6443', 'https://10.96.0.1:6443', true],
  ['192.168.*', 'https://192.168.3.4', true],
  ['192.168.0.0/16', 'http://[::ffff:192.168.3.4]', true],
  ['fd00::/8', 'https://[fd12::1]', true],
  ['fd00::/8', 'https://[fe80::1]', false],
  ['[fd00::1]', 'https://[fd00:0::1]', true],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
  ['[fd00::1]:6443', 'https://[fd00::1]', false],
  ['fd00::1', 'https://[fd00::1]', true],
  ['', 'https://corp.example', false],
])('NO_PROXY=%s and the target %s: direct connection is %s', (text, target, isDirect) => {
  const rules = readProxyRules({
    HTTPS_PROXY: 'http://p:1',
    HTTP_PROXY: 'http://p:1',
    NO_PROXY: text,
  })
  expect(rules.choose(target) === undefined).toBe(isDirect)
})

test.each([
  'http://localhost:11434',
  'http://LOCALHOST',
  'http://models.localhost',
  'http://127.0.0.1',
  'http://127.8.9.10:1234',
  'http://0.0.0.0:8000',
  'http://[::1]:8000',
  'http://[::]:8000',
  'http://[::ffff:127.0.0.1]',
])('the loopback address %s has a direct connection without NO_PROXY', (target) => {
  const rules = readProxyRules({ HTTP_PROXY: 'http://p:1' })
  expect(rules.choose(target)).toBeUndefined()
})

test('each scheme uses its proxy, and a scheme without one connects directly', () => {
  const both = readProxyRules({ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' })
  expect(both.choose('https://x.example')?.address).toBe('a:1')
  expect(both.choose('http://x.example')?.address).toBe('b:2')
  const one = readProxyRules({ HTTP_PROXY: 'http://b:2' })
  expect(one.choose('https://x.example')).toBeUndefined()
  expect(readProxyRules({ NO_PROXY: '*' }).proxies).toEqual([])
})

test.each([
  ['10.0.0.0/33', 'write it like 10.0.0.0/8'],
  ['10.0.0/8', 'write it like 10.0.0.0/8'],
  ['fd00::/129', 'write it like 10.0.0.0/8 or fd00::/8'],
  ['https://git.corp.example/', 'write git.corp.example'],
  ['http://corp.example:8080', 'write corp.example:8080'],
])('NO_PROXY=%s is rejected: %s', (text, correction) => {
  expect(() => parseNoProxy(`a.example,${text}`)).toThrow(correction)
})
