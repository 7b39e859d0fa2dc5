import { expect, test } from 'vitest'
import type { ResourceView } from '@capstan/shared/contract/catalog/resource-view'
import { groupTypes } from './group-types.ts'

function createType(
  plural: string,
  group: string,
  capability: ResourceView['capability'],
): ResourceView {
  return {
    group,
    version: 'v1',
    kind: plural,
    plural,
    singular: '',
    scope: 'Namespaced',
    verbs: [],
    shortNames: [],
    categories: [],
    origin: 'builtin',
    resource: group === '' ? plural : `${plural}.${group}`,
    capability,
  }
}

test('each type has one state, and groups with open types come first', () => {
  const groups = groupTypes(
    [
      createType('pods', '', 'fresh'),
      createType('events', '', 'missing'),
      createType('deployments', 'apps', 'stale'),
      createType('daemonsets', 'apps', 'missing'),
      createType('jobs', 'batch', 'missing'),
      createType('replicasets', 'apps', 'fresh'),
    ],
    {
      failed: new Set(['daemonsets.apps', 'replicasets.apps']),
      excluded: new Map([['events', 'a log']]),
    },
  )
  expect(groups.map(({ group, types }) => [group, types.map(({ state }) => state)])).toEqual([
    ['apps', ['failed', 'stale', 'fresh']],
    ['batch', ['missing']],
    ['', ['excluded', 'fresh']],
  ])
})
