import { expect, test } from 'vitest'
import { chooseNextPath } from './next-path.ts'

test.each(['/', '/ui/scans/scan_1?item=pods#top', '/queues', '/docs/?a=//b', '/a//b'])(
  'the path %j is a next page',
  (next) => {
    expect(chooseNextPath(next, '', '/')).toBe(next)
    expect(chooseNextPath(`/capstan${next}`, '/capstan', '/capstan/')).toBe(`/capstan${next}`)
  },
)

test.each([
  undefined,
  '',
  'ui',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/ /evil.example',
  'https://evil.example/',
  'HTTPS:evil.example',
  'javascript:alert(1)',
  '/.//evil.example',
  '/a/..//evil.example',
  '/ui/login?next=/ui/login',
  `/${'a'.repeat(1_000)}`,
])('the text %j is no next page', (next) => {
  expect(chooseNextPath(next, '', '/start')).toBe('/start')
})

test.each([
  '/',
  '/other',
  '/capstanx/',
  '/capstan',
  '/capstan/../other',
  '//capstan/',
  '/capstan/%2e%2e/x',
])('the path %j is not below the prefix /capstan', (next) => {
  expect(chooseNextPath(next, '/capstan', '/capstan/')).toBe('/capstan/')
})
