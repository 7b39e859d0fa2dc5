import { expect, test } from 'vitest'
import { tokenize } from './tokenize.ts'

test.each([
  ['HTTPRoute', ['httproute', 'http', 'route']],
  ['the policies of the tenant’s pods', ['policy', 'tenant', 'pod']],
  ['single sign-on', ['single', 'login']],
  ['after he signs in', ['after', 'login']],
  ['logged in users', ['login', 'user']],
  ['logs in a browser', ['log', 'browser']],
])('"%s" becomes the terms %j', (text, terms) => {
  expect(tokenize(text)).toEqual(terms)
})
