import { expect, test } from 'vitest'
import { accepts, asksFor, takesJson } from './accepts.ts'

const discovery = ['APIGroupDiscoveryList', 'apidiscovery.k8s.io', 'v2'] as const

test('the parameters of an accepted form may stand in any order', () => {
  const inOrder = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const mixed = 'application/json; as=APIGroupDiscoveryList; v=v2; g=apidiscovery.k8s.io'
  expect(asksFor(accepts(inOrder), ...discovery)).toBe(true)
  expect(asksFor(accepts(`text/plain, ${mixed}`), ...discovery)).toBe(true)
})

test('another version of a form is not the form', () => {
  const beta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'
  expect(asksFor(accepts(beta), ...discovery)).toBe(false)
})

test('plain JSON is taken from no header, a wildcard or a list, but not from a form of it', () => {
  expect(takesJson(accepts(undefined))).toBe(true)
  expect(takesJson(accepts('text/html, */*'))).toBe(true)
  expect(takesJson(accepts('application/json;as=Table;v=v1;g=meta.k8s.io'))).toBe(false)
  expect(takesJson(accepts('application/yaml'))).toBe(false)
})
