import { expect, test } from 'vitest'
import { makeWidgetCrd, widgetType } from '../../test/schemas.ts'
import { reduceCrds } from './reduce-crds.ts'

const wanted = new Map([['widgets.shop.example', widgetType]])
const schema = { type: 'object', properties: { spec: { properties: { a: { type: 'string' } } } } }

function versionsOf(...versions: { name: string; served?: boolean; deprecated?: boolean }[]) {
  const crd = makeWidgetCrd(schema)
  const [first] = crd.spec.versions
  return { ...crd, spec: { ...crd.spec, versions: versions.map((one) => ({ ...first, ...one })) } }
}

function versionUsed(crd: unknown): string {
  const [reduced] = reduceCrds([crd], wanted, 1500)
  if (!reduced) return 'nothing'
  return 'fault' in reduced ? reduced.fault : reduced.definition.type.version
}

test('invalid CRDs are faults of their types, and valid CRDs between them are reduced', () => {
  const broken = [null, 7, {}, { metadata: { name: 'widgets.shop.example' }, spec: 'none' }]
  const reduced = reduceCrds([...broken, makeWidgetCrd(schema), { spec: {} }], wanted, 1500)
  expect(reduced.map((one) => ('fault' in one ? one.fault : one.resource))).toEqual([
    'its CustomResourceDefinition is malformed',
    'widgets.shop.example',
  ])
})

test('CRDs of other types are not reduced', () => {
  expect(reduceCrds([makeWidgetCrd(schema)], new Map(), 1500)).toEqual([])
})

test('the source key depends on generation, version and token budget, and starts with the uid', () => {
  const key = (crd: unknown, version = 'v1', budget = 1500) => {
    const types = new Map([['widgets.shop.example', { ...widgetType, version }]])
    const [reduced] = reduceCrds([crd], types, budget)
    return reduced && 'sourceKey' in reduced ? (reduced.sourceKey ?? '') : ''
  }
  const crd = versionsOf({ name: 'v1' }, { name: 'v1beta1' })
  const next = { ...crd, metadata: { ...crd.metadata, generation: 2 } }
  const keys = [key(crd), key(next), key(crd, 'v1beta1'), key(crd, 'v1', 900)]
  expect(new Set(keys).size).toBe(4)
  expect(keys.map((one) => one.split(':').slice(0, 2).join(':'))).toEqual(Array(4).fill('crd:u1'))
  expect(keys.every((one) => one.split(':').length === 3)).toBe(true)
})

test.each([
  ['the discovered version', [{ name: 'v2' }, { name: 'v1' }], 'v1'],
  [
    'the next version when the discovered one is deprecated',
    [{ name: 'v1', deprecated: true }, { name: 'v1beta1' }],
    'v1beta1',
  ],
  [
    'a deprecated version when there is no other',
    [
      { name: 'v1', deprecated: true },
      { name: 'v2', served: false },
    ],
    'v1',
  ],
  [
    'the newest version when the discovered one was removed',
    [{ name: 'v3alpha1' }, { name: 'v2' }],
    'v2',
  ],
  [
    'no version when none is served',
    [{ name: 'v1', served: false }],
    'its CustomResourceDefinition serves no version',
  ],
])('a CRD is described at %s', (_, versions, expected) => {
  expect(versionUsed(versionsOf(...versions))).toBe(expected)
})

test('the operator is read from labels, and invalid labels are ignored', () => {
  const labelled = (labels: unknown) => {
    const crd = makeWidgetCrd(schema)
    const [reduced] = reduceCrds([{ ...crd, metadata: { ...crd.metadata, labels } }], wanted, 1500)
    return reduced && 'definition' in reduced ? reduced.definition.outline : undefined
  }
  expect(labelled({ 'app.kubernetes.io/part-of': 'shop' })).toContain('Operator: shop')
  expect(labelled({ 'app.kubernetes.io/version': '1.2.3' })).not.toContain('1.2.3')
  expect(labelled(['x'])).toContain('Widget')
})
