import { expect, test } from 'vitest'
import { parseProxy } from './proxy-server.ts'

test.each([
  ['http://proxy.example:3128', 'proxy.example:3128', false],
  ['http://proxy.example:3128/', 'proxy.example:3128', false],
  ['http://proxy.example', 'proxy.example:80', false],
  ['https://proxy.example', 'proxy.example:443', false],
  ['HTTP://proxy.example:8080', 'proxy.example:8080', false],
  ['http://[fd00::1]:3128', '[fd00::1]:3128', false],
  ['http://user:p%40ss%2Fword@proxy.example:3128', 'proxy.example:3128', true],
  ['http://user@proxy.example:3128', 'proxy.example:3128', true],
])('the proxy URL %s has the address %s, with credentials: %s', (text, address, hasCredentials) => {
  expect(parseProxy(text, 'HTTPS_PROXY')).toMatchObject({ address, hasCredentials })
})

const NAMED = 'http://proxy.example:3128 with USER:PASSWORD@ before the host'

test.each([
  ['proxy.corp.example:3128', 'write http://proxy.corp.example:3128'],
  ['proxy', 'write http://proxy'],
  ['http:proxy.corp.example:3128', 'write http://proxy.corp.example:3128'],
  ['"http://proxy.corp.example:3128"', 'write http://proxy.corp.example:3128'],
  ['10.1.2.3:3128', 'write http://10.1.2.3:3128'],
  ['me:hunter2@proxy.example:3128', `write ${NAMED}`],
  ['me:hun@ter2@proxy.example:3128', `write ${NAMED}`],
  ['ftp://proxy.corp.example:3128', 'not ftp://; write http://proxy.corp.example:3128'],
  ['socks5://me:hunter2@proxy.example:1080', 'SOCKS proxies are not supported'],
  ['socks5h://127.0.0.1:1080', 'or unset it for Capstan'],
  ['socks://127.0.0.1', 'SOCKS proxies are not supported'],
  ['http://', 'such as http://proxy.example:3128'],
  ['http://proxy.corp.example:99999', 'such as http://proxy.example:3128'],
  ['http://proxy.corp.example:port', 'such as http://proxy.example:3128'],
  ['http://me:hun/ter2@proxy.example:3128', `such as ${NAMED}`],
  ['http://me:12/hunter2@proxy.example:3128', `such as ${NAMED}`],
  ['http://me:hunter#2@proxy.example:3128', `such as ${NAMED}`],
  ['http://me:hunter2%@proxy.example:3128', 'write % as %25'],
  ['http://proxy.corp.example:3128/proxy.pac', 'without a path'],
])('the proxy URL %s is rejected with a suggestion: %s', (text, correction) => {
  const parse = () => parseProxy(text, 'HTTPS_PROXY')
  expect(parse).toThrow(correction)
  expect(parse).not.toThrow(/hun|ter2/)
})
