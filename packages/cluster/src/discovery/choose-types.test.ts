import { expect, test } from 'vitest'
import { chooseTypes } from './choose-types.ts'
import { compareApiVersions } from './compare-api-versions.ts'
import type { VersionedResource } from './versioned-resource.ts'
import { parseAggregated } from './parse-aggregated.ts'

function found(change: Partial<VersionedResource>): VersionedResource {
  return {
    group: 'shop.example',
    version: 'v1',
    plural: 'widgets',
    singular: 'widget',
    kind: 'Widget',
    scope: 'Namespaced',
    verbs: ['get', 'list'],
    shortNames: [],
    categories: [],
    subresources: [],
    ...change,
  }
}

function choose(...resources: VersionedResource[]) {
  return chooseTypes({ resources, unavailable: [] })
}

test('each resource is chosen at the first version that serves it', () => {
  const { types } = choose(
    found({ version: 'v2' }),
    found({ version: 'v1' }),
    found({ version: 'v1', plural: 'gadgets', kind: 'Gadget' }),
  )
  expect(types.map(({ plural, version }) => `${plural} ${version}`)).toEqual([
    'gadgets v1',
    'widgets v2',
  ])
})

test('types that cannot be listed are unscannable, with a reason', () => {
  const { types, unscannable } = choose(
    found({ plural: 'widgetreviews', kind: 'WidgetReview', verbs: ['create'] }),
  )
  expect(types).toEqual([])
  expect(unscannable).toEqual([
    { resource: 'widgetreviews.shop.example', reason: 'holds no objects: it cannot be listed' },
  ])
})

test.each([
  ['a terminal sequence', { kind: 'Red\u001B[31m' }],
  ['a path', { plural: '../secrets' }],
  ['the prototype', { plural: '__proto__' }],
  ['a separator of keys', { plural: 'a:b' }],
  ['a line break', { group: 'shop.example\nevil' }],
  ['markup', { kind: '<b>' }],
  ['no end', { kind: 'K'.repeat(300) }],
  ['hidden characters', { version: 'v1\u{E0041}' }],
])('a type with %s in its name is unscannable, and other types are kept', (_, change) => {
  const { types, unscannable } = choose(found(change), found({ plural: 'others' }))
  expect(types.map(({ plural }) => plural)).toEqual(['others'])
  expect(unscannable).toMatchObject([{ reason: 'has names that Kubernetes does not allow' }])
  expect(unscannable[0]?.resource).toMatch(/^[ -~]{1,253}$/)
})

test('invalid alternative names and hidden characters in reasons are dropped', () => {
  const odd = found({ shortNames: ['w', 'W\u001B'], categories: ['all', 'a b'], singular: '<i>' })
  const { types, unavailable } = chooseTypes({
    resources: [odd],
    unavailable: [{ group: 'x\u200B.example', reason: 'no\u001B[2J answer' }],
  })
  expect(types).toMatchObject([{ shortNames: ['w'], categories: ['all'], singular: '' }])
  expect(unavailable).toEqual([{ group: 'x.example', reason: 'no answer' }])
})

test('events of the core group are unscannable beside those of events.k8s.io', () => {
  const core = found({ group: '', plural: 'events', kind: 'Event' })
  const { types, unscannable } = choose(core, { ...core, group: 'events.k8s.io' })
  expect(types.map(({ group }) => group)).toEqual(['events.k8s.io'])
  expect(unscannable.map(({ resource }) => resource)).toEqual(['events'])
  expect(choose(core).types).toHaveLength(1)
})

test('the origin of a type is guessed from its group', () => {
  const groups = [
    '',
    'apps',
    'rbac.authorization.k8s.io',
    'gateway.networking.k8s.io',
    'shop.example',
  ]
  const origins = [...groups, 'metrics.k8s.io', 'custom.metrics.k8s.io'].map(
    (group) => choose(found({ group })).types[0]?.origin,
  )
  expect(origins).toEqual([
    'builtin',
    'builtin',
    'builtin',
    'crd',
    'crd',
    'aggregated',
    'aggregated',
  ])
})

test('versions are sorted in the preference of Kubernetes', () => {
  const order = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v3beta1',
    'v1beta2',
    'v1beta1',
    'v12alpha1',
    'foo1',
    'foo10',
  ]
  expect(order.toReversed().toSorted(compareApiVersions)).toEqual(order)
})

test('a stale group is unavailable, and its types are not listed', () => {
  const group = (name: string, freshness: string) => ({
    metadata: { name },
    versions: [
      { version: 'v1', freshness, resources: [resource('widgets', 'Widget')] },
      { version: 'v1beta1', resources: [resource('gadgets', 'Gadget')] },
    ],
  })
  const raw = parseAggregated({
    items: [group('a.example', 'Stale'), group('b.example', 'Current')],
  })
  expect(raw.unavailable.map((one) => one.group)).toEqual(['a.example'])
  expect(raw.resources.map((one) => `${one.plural}.${one.group}`)).toEqual([
    'widgets.b.example',
    'gadgets.b.example',
  ])
})

test('malformed resources are skipped', () => {
  const resources = [
    { resource: 'x' },
    null,
    { ...resource('y', 'Y'), scope: 'Odd' },
    resource('widgets', 'Widget'),
  ]
  const raw = parseAggregated({
    items: [{ metadata: { name: 'g' }, versions: [{ version: 'v1', resources }] }],
  })
  expect(raw.resources.map(({ plural }) => plural)).toEqual(['widgets'])
})

function resource(plural: string, kind: string) {
  return { resource: plural, responseKind: { kind }, scope: 'Cluster', verbs: ['list'] }
}
