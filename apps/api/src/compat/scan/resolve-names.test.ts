import { expect, test } from 'vitest'
import { selectTypes } from '@capstan/cluster/select-types'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { resolveNames } from './resolve-names.ts'

const type = (kind: string, group: string, plural = `${kind.toLowerCase()}s`): ResourceType => ({
  group,
  version: 'v1',
  kind,
  plural,
  singular: kind.toLowerCase(),
  scope: 'Namespaced',
  verbs: ['get', 'list'],
  shortNames: [],
  categories: [],
  origin: 'crd',
})
const TYPES = [
  type('Service', ''),
  type('Service', 'serving.example.dev'),
  type('Event', ''),
  type('NetworkPolicy', 'net.example.dev', 'networkpolicies'),
]
const TWICE = [type('Cluster', 'a.example.dev'), type('Cluster', 'b.example.dev')]
const UNAVAILABLE = [{ group: 'down.example.dev/v1', reason: 'it is down' }]
const resolve = (...names: string[]) =>
  resolveNames({ types: TYPES, unscannable: [], unavailable: UNAVAILABLE }, names)

test.each([
  ['Service', 'services'],
  ['Service.serving.example.dev', 'services.serving.example.dev'],
  ['services', 'services'],
  ['networkpolicies', 'networkpolicies.net.example.dev'],
  ['networkpolicies.net.example.dev', 'networkpolicies.net.example.dev'],
  ['networkpolicy.net.example.dev', 'networkpolicies.net.example.dev'],
  // Excluded from full scans, but not from a request by name.
  ['Event', 'events'],
])('NAM-3: %s selects only %s', async (name, expected) => {
  const { include, unknown } = await resolve(name)
  expect(unknown).toEqual([])
  const { selected } = await selectTypes(TYPES, { include, exclude: [] })
  expect(
    selected.map(({ plural, group }) => (group === '' ? plural : `${plural}.${group}`)),
  ).toEqual([expected])
})

test('NAM-4: an unknown name is reported with its reason, and the other names are kept', async () => {
  const { include, unknown } = await resolve('Nope', 'Thing.down.example.dev', 'Service')
  expect(include).toEqual(['v1/Service'])
  expect(unknown).toEqual([
    { resource: 'Nope', error: expect.stringContaining('has no such type') as string },
    { resource: 'Thing.down.example.dev', error: expect.stringContaining('it is down') as string },
  ])
})

test('NAM-5: an ambiguous name without a group is reported and not guessed', async () => {
  const { include, unknown } = await resolveNames(
    { types: TWICE, unscannable: [], unavailable: [] },
    ['Cluster', 'Cluster.b.example.dev'],
  )
  expect(include).toEqual(['clusters.b.example.dev'])
  expect(unknown).toEqual([
    { resource: 'Cluster', error: expect.stringContaining('add the group') as string },
  ])
})
