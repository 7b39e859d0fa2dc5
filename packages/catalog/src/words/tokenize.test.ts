import { expect, test } from 'vitest'
import { tokenize } from './tokenize.ts'

test.each([
  ['HTTPRoute', ['httproute', 'http', 'route']],
  ['the policies of somebody’s pods', ['policy', 'somebody', 'pod']],
  ['single sign-on', ['single', 'login']],
  ['after he signs in', ['after', 'login']],
  ['logged in users', ['login', 'user']],
  ['logs in a browser', ['log', 'browser']],
])('%s is read as %j', (text, terms) => {
  expect(tokenize(text)).toEqual(terms)
})
