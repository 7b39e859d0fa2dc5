import { expect, test } from 'vitest'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openCuratedAnswers } from '../src/curated-answers.ts'
import { makeFamily, makeProject, makeRow } from './make-curated-data.ts'

const FILES: Record<string, unknown> = {
  index: {
    version: '0123456789ab',
    files: {
      'delivery/first': ['shared.example.com'],
      'delivery/second': ['shared.example.com', 'second.example.com'],
      'families/cloud': ['db.cloud.example.com'],
    },
  },
  'delivery/first': makeProject([makeRow('widgets.shared.example.com')]),
  'delivery/second': makeProject([
    makeRow('gadgets.shared.example.com'),
    makeRow('widgets.second.example.com'),
  ]),
  'families/cloud': makeFamily('db.cloud.example.com', { instances: 'Instance' }),
}

/** Answers over the files above, with the names of the files that were read. */
function open() {
  const read: string[] = []
  const answers = openCuratedAnswers((name) => {
    read.push(name)
    return structuredClone(FILES[name])
  })
  const find = (plural: string, group: string, change: Partial<ResourceType> = {}) => {
    const { type, outline } = makeDefinition('Widget')
    return answers.find({ type: { ...type, plural, group, ...change }, outline })
  }
  return { answers, read, find }
}

test('a file is read at the first question about one of its API groups, and once', () => {
  const { find, read } = open()
  expect(read).toEqual(['index'])
  find('widgets', 'unknown.example.com')
  expect(read).toEqual(['index'])
  find('widgets', 'second.example.com')
  expect(read).toEqual(['index', 'delivery/second'])
  find('widgets', 'second.example.com')
  find('instances', 'db.cloud.example.com')
  find('others', 'db.cloud.example.com')
  expect(read).toEqual(['index', 'delivery/second', 'families/cloud'])
})

test('two projects can have types in one API group', () => {
  const { find } = open()
  expect(find('widgets', 'shared.example.com')).toBeDefined()
  expect(find('gadgets', 'shared.example.com', { kind: 'Gadget' })).toBeDefined()
})

test('an answer has the members of the schema only, and a caller cannot change the data', () => {
  const { find } = open()
  const answer = find('widgets', 'second.example.com')
  expect(answer).not.toHaveProperty('facts')
  expect(answer).not.toHaveProperty('fields')
  expect(answer).not.toHaveProperty('type')
  answer?.capabilities.push('another')
  expect(find('widgets', 'second.example.com')?.capabilities).not.toContain('another')
})

test.each([
  ['another kind', { kind: 'Other' }],
  ['another scope', { scope: 'Cluster' }],
  ['another plural', { plural: 'others' }],
  ['another group', { group: 'other.example.com' }],
] satisfies [string, Partial<ResourceType>][])('a type with %s has no answer', (_, change) => {
  expect(open().find('widgets', 'second.example.com', change)).toBeUndefined()
})

test('a generated type that is new in its API group has the answer of its service', () => {
  const { find } = open()
  const scope = 'Cluster'
  const answer = find('clusters', 'db.cloud.example.com', { kind: 'DBCluster', scope })
  expect(answer?.capabilities[0]).toBe('DB cluster of Cloud Databases')
})

test('the namespaced twin of a generated type has the same answer with its scope', () => {
  const family = makeFamily('db.cloud.example.com', { instances: 'Instance' })
  const file = {
    ...family,
    namespacedGroups: { end: '.cloud.example.com', twinEnd: '.cloud.m.example.com' },
  }
  const groups = { 'families/cloud': ['db.cloud.example.com', 'db.cloud.m.example.com'] }
  const { find } = openCuratedAnswers((name) =>
    name === 'index' ? { version: '0123456789ab', files: groups } : file,
  )
  const { type, outline } = makeDefinition('Instance')
  const ask = (group: string, scope: ResourceType['scope']) =>
    find({ type: { ...type, plural: 'instances', group, scope }, outline })?.capabilities[0]
  expect(ask('db.cloud.example.com', 'Cluster')).toBe('instance of Cloud Databases')
  expect(ask('db.cloud.m.example.com', 'Namespaced')).toBe(
    'instance of Cloud Databases (namespaced)',
  )
  expect(ask('db.cloud.m.example.com', 'Cluster')).toBeUndefined()
})

test('a generated type of another scope or kind has no answer', () => {
  const { find } = open()
  const group = 'db.cloud.example.com'
  expect(find('instances', group, { kind: 'Instance', scope: 'Cluster' })).toBeDefined()
  expect(find('instances', group, { kind: 'Instance', scope: 'Namespaced' })).toBeUndefined()
  expect(find('instances', group, { kind: 'Other', scope: 'Cluster' })).toBeUndefined()
  expect(find('constructor', group, { kind: 'Other', scope: 'Cluster' })).toBeDefined()
})
