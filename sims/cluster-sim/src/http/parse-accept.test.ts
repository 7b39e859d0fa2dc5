import { expect, test } from 'vitest'
import { parseAccept, acceptsForm, acceptsJson } from './parse-accept.ts'

const discovery = ['APIGroupDiscoveryList', 'apidiscovery.k8s.io', 'v2'] as const

test('the parameters of an Accept entry can be in any order', () => {
  const inOrder = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const mixed = 'application/json; as=APIGroupDiscoveryList; v=v2; g=apidiscovery.k8s.io'
  expect(acceptsForm(parseAccept(inOrder), ...discovery)).toBe(true)
  expect(acceptsForm(parseAccept(`text/plain, ${mixed}`), ...discovery)).toBe(true)
})

test('an Accept entry for another version of a form is not accepted', () => {
  const beta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'
  expect(acceptsForm(parseAccept(beta), ...discovery)).toBe(false)
})

test('plain JSON is accepted without a header, by a wildcard or in a list, but not by a special form of JSON', () => {
  expect(acceptsJson(parseAccept(undefined))).toBe(true)
  expect(acceptsJson(parseAccept('text/html, */*'))).toBe(true)
  expect(acceptsJson(parseAccept('application/json;as=Table;v=v1;g=meta.k8s.io'))).toBe(false)
  expect(acceptsJson(parseAccept('application/yaml'))).toBe(false)
})
