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
  // Left out of full scans, but not when it is asked for.
  ['Event', 'events'],
])('NAM-3: %s selects %s and no other', async (name, expected) => {
  const { include, unknown } = await resolve(name)
  expect(unknown).toEqual([])
  const { selected } = await selectTypes(TYPES, { include, exclude: [] })
  expect(
    selected.map(({ plural, group }) => (group === '' ? plural : `${plural}.${group}`)),
  ).toEqual([expected])
})

test('NAM-4: a name the cluster does not offer is reported with its reason, the others are kept', async () => {
  const { include, unknown } = await resolve('Nope', 'Thing.down.example.dev', 'Service')
  expect(include).toEqual(['v1/Service'])
  expect(unknown).toEqual([
    { resource: 'Nope', error: expect.stringContaining('offers no such type') as string },
    { resource: 'Thing.down.example.dev', error: expect.stringContaining('it is down') as string },
  ])
})

test('NAM-5: a bare name that several groups have is not guessed', async () => {
  const { include, unknown } = await resolveNames(
    { types: TWICE, unscannable: [], unavailable: [] },
    ['Cluster', 'Cluster.b.example.dev'],
  )
  expect(include).toEqual(['clusters.b.example.dev'])
  expect(unknown).toEqual([
    { resource: 'Cluster', error: expect.stringContaining('add the group') as string },
  ])
})
